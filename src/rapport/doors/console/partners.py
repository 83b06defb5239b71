"""Pages of partners: the list with what each brings, one partner with all that is known, and its agreement's moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.apps.commissions.queries import Standing, commissions_of_program, sums_by_agreement
from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement, AgreementState, Segment
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import place_of
from rapport.doors.ui.sheets import Exact, csv_answer
from rapport.kit.clock import now, to_ms
from rapport.lake.questions import Filter, lake_at

RECENT = timedelta(days=30)
SHOWN = 100
MOST_KEYS = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One partner with the clicks of thirty days, all its orders and all it earned."""

    agreement: Agreement
    name: str
    clicks: int
    orders: int
    earned_minor: int
    earned: Money


SORTS: dict[str, Callable[[Row], str | int]] = {
    "name": lambda row: row.name.casefold(),
    "clicks": lambda row: -row.clicks,
    "orders": lambda row: -row.orders,
    "earned": lambda row: -row.earned_minor,
}


@require_safe
@allow(Capability.PARTNER_READ)
def partners(request: Request, program_id: str) -> HttpResponse:
    """Show the partners by name, or by what they bring (`?sort=`); `?state=` and `?segment=` show fewer."""
    program = program_or_404(request, program_id)
    rows = _rows(request, program)
    used = _used(program)
    first = min(place_of(request.GET.get("from", "")) or 0, max(0, len(rows) - 1))
    return program_page(
        request,
        "partners/list.html",
        program=program,
        rows=rows[first : first + SHOWN],
        number=len(rows),
        newer=max(0, first - SHOWN) if first else None,
        older=first + SHOWN if first + SHOWN < len(rows) else None,
        wanted=request.GET,
        states=[choice for choice in AgreementState.choices if choice[0] in used],
        segments=[choice for choice in Segment.choices if choice[0] in used],
        sort=request.GET.get("sort", "name"),
        earned=Money(sum(row.earned_minor for row in rows), program.currency),
    )


@require_safe
@allow(Capability.PARTNER_READ)
def partners_csv(request: Request, program_id: str) -> HttpResponse:
    """Give the partners that the list shows as a file."""
    program = program_or_404(request, program_id)
    head = [_("Partner"), _("State"), _("Segment"), _("Since"), _("Clicks, 30 days"), _("Orders"), program.currency]
    return csv_answer(
        f"partners-{program.slug}",
        head=head,
        rows=[
            (
                row.name,
                row.agreement.get_state_display(),
                row.agreement.partner.get_segment_display(),
                row.agreement.active_at.date().isoformat(),
                row.clicks,
                row.orders,
                Exact(format_amount(row.earned)),
            )
            for row in _rows(request, program)
        ],
    )


def _rows(request: Request, program: Program) -> list[Row]:
    """Return the partners that the address asks for; a word that is no filter restricts nothing."""
    asked = request.GET
    agreements = agreements_of(program.id)
    if asked.get("state") in AgreementState.values:
        agreements = agreements.filter(state=asked["state"])
    if asked.get("segment") in Segment.values:
        agreements = agreements.filter(partner__segment=asked["segment"])
    clicks = _clicks(program)
    sums = sums_by_agreement(commissions_of_program(program.id))
    rows = [_row(one, clicks.get(one.id, 0), sums.get(one.id, Standing())) for one in agreements]
    wanted = SORTS.get(asked.get("sort", ""), SORTS["name"])
    return sorted(rows, key=wanted)


def _used(program: Program) -> set[str]:
    """Return the states and segments that there are among the partners: no filter leads to an empty list."""
    pairs = agreements_of(program.id).order_by().values_list("state", "partner__segment").distinct()
    return {word for pair in pairs for word in pair}


def _clicks(program: Program) -> dict[str, int]:
    about = Filter(program_id=program.id, from_ms=to_ms(now() - RECENT))
    groups = lake_at(settings.LAKE_FOLDER).clicks_by(about, "agreement", limit=MOST_KEYS)
    return {group.key: group.net for group in groups}


def _row(agreement: Agreement, clicks: int, sums: Standing) -> Row:
    earned = Money(sums.minor, agreement.program.currency)
    return Row(agreement, agreement.partner.name, clicks, sums.count, sums.minor, earned)
