"""Pages of corrections: the list, one of them, and setting aside one whose order never comes."""

from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.conversions.models import Correction
from rapport.apps.conversions.queries import (
    WAITING_ALARM,
    corrections_of,
    is_set_aside,
    set_aside_of,
)
from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.asides import put_row_aside
from rapport.doors.console.forms import AsideForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.kit.clock import now


@require_safe
@allow(Capability.CONVERSION_READ)
def corrections(request: Request, program_id: str) -> HttpResponse:
    """Show the corrections; `?only=waiting` those whose order is not known yet, `?only=aside` those set aside."""
    program = program_or_404(request, program_id)
    rows, only = corrections_of(program.id), request.GET.get("only", "")
    if only == "waiting":
        rows = rows.filter(~Q(is_set_aside()), conversion__isnull=True)
    elif only == "aside":
        rows = rows.filter(is_set_aside())
    page: Page[Correction] = page_of(rows, request)
    return program_page(request, "conversions/corrections.html", program=program, page=page, only=only)


@require_safe
@allow(Capability.CONVERSION_READ)
def correction(request: Request, program_id: str, correction_id: str) -> HttpResponse:
    """Show one correction and the order that it changes or waits for."""
    program = program_or_404(request, program_id)
    return _page(request, program, find_or_404(request, corrections_of(program.id), pk=correction_id))


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def put_aside(request: Request, program_id: str, correction_id: str) -> HttpResponse:
    """Let nobody wait for its order any more, with a reason; with `again`, let it wait again."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, corrections_of(program.id), pk=correction_id)
    answer = put_row_aside(request, row, page="correction")
    if isinstance(answer, HttpResponse):
        return answer
    return _page(request, program, row, setting_aside=answer)


def _page(request: Request, program: Program, row: Correction, *, setting_aside: Form | None = None) -> HttpResponse:
    age = now() - row.received_at
    return program_page(
        request,
        "conversions/correction.html",
        program=program,
        status=422 if setting_aside else 200,
        row=row,
        age=age,
        share=age / WAITING_ALARM,
        aside=set_aside_of([row.id]).get(row.id),
        setting_aside=setting_aside or AsideForm(),
        may_decide=can(request.actor, Capability.CONVERSION_DECIDE, program),
    )
