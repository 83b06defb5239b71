"""The statement of a partner, as the partner reads it."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.ui.statements import asked_statement, shown, statement_file, statement_paper
from rapport.flows.reconciling import reconcile


@require_safe
@allow(Capability.PAYOUT_READ)
def statement(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Show the statement of a month, or of any days."""
    program, agreement = _found(request, program_id, agreement_id)
    told = shown(asked_statement(request, agreement))
    reconciled = reconcile(agreement)
    return program_page(
        request, "payouts/statement.html", program=program, agreement=agreement, told=told, reconciled=reconciled
    )


@require_safe
@allow(Capability.PAYOUT_READ)
def statement_csv(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Answer with the same as a file."""
    _program, agreement = _found(request, program_id, agreement_id)
    return statement_file(asked_statement(request, agreement))


@require_safe
@allow(Capability.PAYOUT_READ)
def statement_pdf(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Answer with the same as a PDF."""
    _program, agreement = _found(request, program_id, agreement_id)
    return statement_paper(asked_statement(request, agreement))


def _found(request: Request, program_id: str, agreement_id: str) -> tuple[Program, Agreement]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, agreements_of(program.id), pk=agreement_id)
