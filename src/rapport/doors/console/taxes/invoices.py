"""Invoices and credit notes that the program wrote for its partners."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.invoices.actions import anew_of
from rapport.apps.invoices.models import Invoice, InvoiceObjection, ObjectionState
from rapport.apps.invoices.queries import invoices_of_program, may_correct
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.taxes.forms import AnswerForm, CorrectForm, UpholdForm, WordsForm
from rapport.doors.ui.invoices import invoice_data, invoice_list, invoice_paper, invoice_shown
from rapport.doors.ui.taxes import posted
from rapport.flows import objecting
from rapport.kit.clock import now

_ON_A_PAGE = 50


@require_safe
@allow(Capability.PAYOUT_READ)
def invoices(request: Request, program_id: str) -> HttpResponse:
    """Show them, newest first."""
    program = program_or_404(request, program_id)
    page = Paginator(invoices_of_program(program.id), _ON_A_PAGE).get_page(request.GET.get("page"))
    return program_page(request, "taxes/invoices.html", program=program, page=page)


@require_safe
@allow(Capability.PAYOUT_READ)
def invoices_file(request: Request, program_id: str) -> HttpResponse:
    """Answer with all of them for a spreadsheet."""
    program = program_or_404(request, program_id)
    return invoice_list("invoices", invoices_of_program(program.id).iterator(500))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_READ, post=Capability.PAYOUT_WRITE)
def invoice(request: Request, program_id: str, invoice_id: str) -> HttpResponse:
    """Show one with what was said about it; answer, let it stand, or write it anew (`what` says which)."""
    row = _found(request, program_id, invoice_id)
    forms: dict[str, WordsForm] = {
        kind.what: kind(request.POST if posted(request, kind.what) else None)
        for kind in (AnswerForm, UpholdForm, CorrectForm)
    }
    acts = {"answer": objecting.answer, "uphold": objecting.uphold, "correct": objecting.put_right}
    what = request.POST.get("what", "")
    if posted(request, what) and what in acts:
        act, form = acts[what], forms[what]
        if succeeded(form, lambda: act(row, form.told, by=request.actor, at=now())):
            return done(request, _("Done. The partner is told by mail."), name="invoice", at=(program_id, row.id))
    return _page(request, row, forms)


@require_safe
@allow(Capability.PAYOUT_READ)
def paper(request: Request, program_id: str, invoice_id: str) -> HttpResponse:
    """Answer with one as PDF."""
    return invoice_paper(_found(request, program_id, invoice_id))


@require_safe
@allow(Capability.PAYOUT_READ)
def data(request: Request, program_id: str, invoice_id: str) -> HttpResponse:
    """Answer with one as JSON."""
    return invoice_data(_found(request, program_id, invoice_id))


def _found(request: Request, program_id: str, invoice_id: str) -> Invoice:
    program = program_or_404(request, program_id)
    return find_or_404(request, invoices_of_program(program.id), pk=invoice_id)


def _page(request: Request, row: Invoice, forms: dict[str, WordsForm]) -> HttpResponse:
    program, shown = row.payout.run.program, invoice_shown(row)
    anew = anew_of(row) if may_correct(row) else None
    objection = shown["objection"]
    return program_page(
        request,
        "taxes/invoice.html",
        program=program,
        status=422 if request.method == "POST" else 200,
        forms=forms,
        anew=anew,
        vat_more=anew.vat_more(row) if anew else None,
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
        is_disputed=isinstance(objection, InvoiceObjection) and objection.state == ObjectionState.OPEN,
        **shown,
    )
