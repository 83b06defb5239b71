"""Pages of commissions: the list, and the page that explains one to the cent."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.rights import Capability
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.explaining import explain
from rapport.kit.clock import now


@require_safe
@allow(Capability.COMMISSION_READ)
def commission(request: Request, program_id: str, commission_id: str) -> HttpResponse:
    """Explain one commission."""
    program = program_or_404(request, program_id)
    rows = Commission.objects.select_related("agreement__partner", "agreement__program", "conversion", "version")
    row = find_or_404(request, rows, pk=commission_id, agreement__program=program)
    return program_page(request, "commission.html", program=program, told=explain(row, at=now()))
