"""Commissions of a partner: each with its word and date, as a page and a file; one explained to the cent."""

import csv
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import commissions_of_agreement, open_proposals, sums_by_state
from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.record.errors import Refusal
from rapport.apps.threads.queries import messages_of
from rapport.domain.exchange import shown
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow, find_or_404, show_refusal
from rapport.doors.portal.forms import ReplyForm
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.flows import replying
from rapport.flows.declining import TalkState, last_day, talk_of
from rapport.flows.explaining import explain
from rapport.flows.purse import PartnerRow, purse_of, rows_for_partner
from rapport.kit.clock import now

_ON_A_PAGE = 50
_MOST_LINES = 20_000
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

STATES: dict[str, tuple[CommissionState, ...]] = {
    "waiting": (CommissionState.PENDING,),
    "held": (CommissionState.HELD, CommissionState.DISPUTED),
    "yours": (CommissionState.APPROVED,),
    "paid": (CommissionState.PAID,),
    "declined": (CommissionState.DECLINED,),
    "reversed": (CommissionState.REVERSED,),
}
"""The words that partners read, with the states behind each."""


@require_safe
@allow(Capability.PORTAL_READ)
def commissions(request: Request, agreement_id: str) -> HttpResponse:
    """Show every commission, all or those of one word."""
    agreement = agreement_or_404(request, agreement_id)
    at = now()
    rows, word = _chosen(request, agreement)
    page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    return portal_page(
        request,
        "commissions.html",
        agreement=agreement,
        purse=purse_of(agreement, at=at),
        sales=rows_for_partner(page, at=at),
        page=page,
        word=word,
        words=_words(agreement),
    )


@require_safe
@allow(Capability.PORTAL_READ)
def commissions_file(request: Request, agreement_id: str) -> HttpResponse:
    """Answer with the same commissions as a file for a spreadsheet."""
    agreement = agreement_or_404(request, agreement_id)
    rows, word = _chosen(request, agreement)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="commissions-{word or "all"}.csv"'
    writer = csv.writer(answer)
    writer.writerow(("commission", "order", "kind", "earned_at", "amount", "currency", "state", *_ABROAD))
    writer.writerows(_lines(rows_for_partner(rows[:_MOST_LINES], at=now())))
    return answer


@require_safe
@allow(Capability.PORTAL_READ)
def commission(request: Request, agreement_id: str, commission_id: str) -> HttpResponse:
    """Explain one commission, as the team sees it."""
    agreement, row = _found(request, agreement_id, commission_id)
    return _page(request, agreement, row)


@require_POST
@allow(Capability.PORTAL_WRITE)
def reply(request: Request, agreement_id: str, commission_id: str) -> HttpResponse:
    """Take what the partner has to say about a commission; a declined order is opened again by it, in time."""
    agreement, row = _found(request, agreement_id, commission_id)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, agreement, row, form=form)
    try:
        replying.reply(commission=row, body=form.cleaned_data["body"], by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _page(request, agreement, row, form=form)
    messages.success(request, _("Sent. The program answers here and by mail."))
    answer = HttpResponseRedirect(reverse("portal:commission", args=[agreement.id, row.id]))
    answer.status_code = 303
    return answer


def _found(request: Request, agreement_id: str, commission_id: str) -> tuple[Agreement, Commission]:
    agreement = agreement_or_404(request, agreement_id)
    return agreement, find_or_404(request, commissions_of_agreement(agreement.id), pk=commission_id)


def _page(request: Request, agreement: Agreement, row: Commission, *, form: ReplyForm | None = None) -> HttpResponse:
    at = now()
    proposal = open_proposals([row.id]).get(row.id)
    talk = talk_of(row, at=at)
    return portal_page(
        request,
        "commission.html",
        agreement=agreement,
        status=422 if form else 200,
        told=explain(row, at=at),
        talk=talk,
        may_reply=not (talk and talk.state in _SILENT),
        proposed=Money(proposal.target_minor, row.currency) if proposal and proposal.told_at else None,
        reply_day=last_day(proposal.reply_until, zone=agreement.program.zone)
        if proposal and proposal.reply_until
        else None,
        replied=bool(proposal and proposal.replied_at),
        messages_on=messages_of(row.id),
        form=form or ReplyForm(),
    )


_SILENT = frozenset({TalkState.OVER, TalkState.UPHELD})
"""How a decline stands when its partner has no more to say."""


def _chosen(request: Request, agreement: Agreement) -> tuple[QuerySet[Commission], str]:
    rows = commissions_of_agreement(agreement.id)
    word = request.GET.get("word", "")
    return (rows.filter(state__in=STATES[word]), word) if word in STATES else (rows, "")


def _words(agreement: Agreement) -> list[tuple[str, str, int]]:
    """Return the words that this partner has commissions for: name, label, how many."""
    counts = {state: sums.count for state, sums in sums_by_state(commissions_of_agreement(agreement.id)).items()}
    labels = {
        "waiting": _("Waiting"),
        "held": _("Held"),
        "yours": _("Yours"),
        "paid": _("Paid"),
        "declined": _("Declined"),
        "reversed": _("Taken back"),
    }
    told = ((word, labels[word], sum(counts.get(state, 0) for state in states)) for word, states in STATES.items())
    return [row for row in told if row[2]]


def _lines(rows: Iterable[PartnerRow]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        amount = format_amount(row.amount)
        told = (row.id, _as_text(row.order), row.kind, row.at.isoformat(), amount, row.amount.currency)
        yield (*told, row.word.sentence, *_abroad(row))


_ABROAD = ("order_total", "order_currency", "rate", "rate_day", "rate_source")
"""Columns that are filled where the order is in another currency than the program's."""


def _abroad(row: PartnerRow) -> tuple[str, ...]:
    if row.paid is None:
        return ("",) * len(_ABROAD)
    rate = row.rate
    told = (shown(rate.exact), rate.day.isoformat(), rate.source) if rate else ("", "", "")
    return (format_amount(row.paid), row.paid.currency, *told)


def _as_text(value: str) -> str:
    """Keep a spreadsheet from taking an order number for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value
