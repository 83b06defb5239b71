"""Commissions of a partner: each with its word and date, as a page and a file; one explained to the cent."""

import csv
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import commissions_of_agreement, sums_by_state
from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.domain.money import format_amount
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.portal.frame import agreement_or_404, portal_page
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
    writer.writerow(("commission", "order", "kind", "earned_at", "amount", "currency", "state"))
    writer.writerows(_lines(rows_for_partner(rows[:_MOST_LINES], at=now())))
    return answer


@require_safe
@allow(Capability.PORTAL_READ)
def commission(request: Request, agreement_id: str, commission_id: str) -> HttpResponse:
    """Explain one commission, as the team sees it."""
    agreement = agreement_or_404(request, agreement_id)
    row = find_or_404(request, commissions_of_agreement(agreement.id), pk=commission_id)
    return portal_page(request, "commission.html", agreement=agreement, told=explain(row, at=now()))


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
        yield row.id, _as_text(row.order), row.kind, row.at.isoformat(), amount, row.amount.currency, row.word.sentence


def _as_text(value: str) -> str:
    """Keep a spreadsheet from taking an order number for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value
