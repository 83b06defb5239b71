"""Invoices and credit notes that the program wrote for its partners."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.invoices.models import Invoice
from rapport.apps.invoices.queries import invoices_of_program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.ui.invoices import invoice_data, invoice_list, invoice_paper

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
