"""Pages of receipts: what became of each acknowledged postback."""

import json

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.conversions.models import Receipt, ReceiptState
from rapport.apps.conversions.queries import is_set_aside, receipts_of, set_aside_of
from rapport.apps.identity.rights import Capability, can
from rapport.apps.outages.queries import receipts_of_monitor
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.asides import put_row_aside
from rapport.doors.console.forms import AsideForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.flows.receipt_days import receipt_days, receipts_of_order
from rapport.flows.waiting import problem_words
from rapport.kit.clock import now

PAGES = {"cnv": "conversion", "cor": "correction"}
"""Which page tells more about a subject, by the prefix of its id."""


@require_safe
@allow(Capability.CONVERSION_READ)
def receipts(request: Request, program_id: str) -> HttpResponse:
    """Show the receipts, newest first; `?state=` those, `?id=` those of a receipt id or an order, `?days=1` by day."""
    program = program_or_404(request, program_id)
    rows = receipts_of(program.id)
    chosen, wanted = request.GET.get("state", ""), request.GET.get("id", "").strip()
    if chosen in ReceiptState.values:
        rows = rows.filter(state=chosen)
    if not wanted and not chosen:
        rows = rows.exclude(pk__in=receipts_of_monitor(program.id))  # they would bury those of a small shop
    if wanted:
        rows = rows.filter(pk__in=[wanted, *receipts_of_order(program, wanted)])
    aside, by_day = bool(request.GET.get("aside")), bool(request.GET.get("days"))
    if aside:
        rows = rows.filter(is_set_aside())
    page: Page[Receipt] = page_of(rows, request)
    return program_page(
        request,
        "receipts/list.html",
        program=program,
        page=page,
        rows=[(row, subject_url(row), problem_words(row)) for row in page.rows],
        chosen=chosen,
        wanted=wanted,
        aside=aside,
        states=ReceiptState.choices,
        days=receipt_days(program, at=now()) if by_day else [],
        by_day=by_day,
    )


@require_safe
@allow(Capability.CONVERSION_READ)
def receipt(request: Request, program_id: str, receipt_id: str) -> HttpResponse:
    """Show one receipt: what came, what became of it, and why."""
    program = program_or_404(request, program_id)
    return _page(request, program, find_or_404(request, receipts_of(program.id), pk=receipt_id))


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def put_aside(request: Request, program_id: str, receipt_id: str) -> HttpResponse:
    """Let nobody wait for a receipt any more, with a reason; with `again`, let it wait again."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, receipts_of(program.id), pk=receipt_id)
    answer = put_row_aside(request, row, page="receipt")
    if isinstance(answer, HttpResponse):
        return answer
    return _page(request, program, row, setting_aside=answer)


def _page(request: Request, program: Program, row: Receipt, *, setting_aside: Form | None = None) -> HttpResponse:
    return program_page(
        request,
        "receipts/one.html",
        program=program,
        status=422 if setting_aside else 200,
        row=row,
        subject_url=subject_url(row),
        problems=problem_words(row),
        warnings=[warning["sentence"] for warning in row.warnings],
        raw=json.dumps(row.raw, indent=2, ensure_ascii=False, sort_keys=True),
        caption=_("As it arrived at the edge"),
        aside=set_aside_of([row.id]).get(row.id),
        setting_aside=setting_aside or AsideForm(),
        may_decide=can(request.actor, Capability.CONVERSION_DECIDE, program),
    )


def subject_url(row: Receipt) -> str:
    """Return the page of what a postback reported; empty where it reported nothing."""
    page = PAGES.get(row.subject.partition("_")[0])
    return reverse(f"console:{page}", args=[row.program_id, row.subject]) if page else ""
