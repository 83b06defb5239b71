"""Payouts of a partner: what was paid and is on its way, how one is paid, and the statement."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.queries import method_of, payouts_of_agreement
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui.methods import MethodForm, holder_of
from rapport.doors.ui.statements import asked_statement, shown, statement_file, statement_paper
from rapport.flows.explaining.payouts import exchange_words
from rapport.flows.explaining.vat import vat_sentences
from rapport.flows.paying import change_method
from rapport.flows.purse import purse_of
from rapport.flows.reconciling import reconcile
from rapport.flows.statements import lines_of_payout
from rapport.flows.tax_papers import lacks_in_words
from rapport.kit.clock import now

_ON_A_PAGE = 24
_MOST_LINES = 500


@require_safe
@allow(Capability.PORTAL_READ)
def payouts(request: Request, agreement_id: str) -> HttpResponse:
    """Show what was paid, newest first, and what comes next."""
    agreement = agreement_or_404(request, agreement_id)
    at = now()
    row = method_of(agreement.partner.organisation_id)
    return portal_page(
        request,
        "payouts.html",
        agreement=agreement,
        purse=purse_of(agreement, at=at),
        page=Paginator(payouts_of_agreement(agreement.id), _ON_A_PAGE).get_page(request.GET.get("page")),
        method=row,
        holder=holder_of(row),
        lacks=lacks_in_words(agreement, at=at),
        at=at,
    )


@require_safe
@allow(Capability.PORTAL_READ)
def payout(request: Request, agreement_id: str, payout_id: str) -> HttpResponse:
    """Show one payout, line by line."""
    agreement = agreement_or_404(request, agreement_id)
    row = find_or_404(request, payouts_of_agreement(agreement.id), pk=payout_id)
    lines = lines_of_payout(row, most=_MOST_LINES)
    more = max(row.commissions_count - _MOST_LINES, 0)
    return portal_page(
        request,
        "payout.html",
        agreement=agreement,
        row=row,
        lines=lines,
        more=more,
        vat=vat_sentences(row),
        exchange=exchange_words(row),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PORTAL_READ, post=Capability.PORTAL_WRITE)
def method(request: Request, agreement_id: str) -> HttpResponse:
    """Show how one is paid, and change it."""
    agreement = agreement_or_404(request, agreement_id)
    form = MethodForm(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            wanted = read_input(MethodInput, form.cleaned_data)
            change_method(agreement=agreement, given=wanted, by=request.actor, at=now(), own=True)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Kept. Everybody of yours is told by mail."))
            answer = HttpResponseRedirect(reverse("portal:method", args=[agreement.id]))
            answer.status_code = 303
            return answer
    row = method_of(agreement.partner.organisation_id)
    return portal_page(
        request,
        "method.html",
        agreement=agreement,
        status=422 if form.errors else 200,
        method=row,
        holder=holder_of(row),
        form=form,
        at=now(),
    )


@require_safe
@allow(Capability.PORTAL_READ)
def statement(request: Request, agreement_id: str) -> HttpResponse:
    """Show the statement of a month, or of any days."""
    agreement = agreement_or_404(request, agreement_id)
    told = shown(asked_statement(request, agreement))
    reconciled = reconcile(agreement)
    return portal_page(request, "statement.html", agreement=agreement, told=told, reconciled=reconciled)


@require_safe
@allow(Capability.PORTAL_READ)
def statement_csv(request: Request, agreement_id: str) -> HttpResponse:
    """Answer with the same as a file."""
    return statement_file(asked_statement(request, agreement_or_404(request, agreement_id)))


@require_safe
@allow(Capability.PORTAL_READ)
def statement_pdf(request: Request, agreement_id: str) -> HttpResponse:
    """Answer with the same as a PDF."""
    return statement_paper(asked_statement(request, agreement_or_404(request, agreement_id)))
