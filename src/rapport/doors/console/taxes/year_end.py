"""The list of a year for whoever tells the tax office, on screen and for a spreadsheet."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.payouts.models import MethodKind
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.ui.sheets import Exact, csv_answer
from rapport.flows.year_end import YearEnd, numbers_opened, sheet_head, sheet_rows, telling_words, year_end, years_of
from rapport.kit.clock import now

_AMOUNTS = slice(6, 10)


@require_safe
@allow(Capability.PAYOUT_WRITE)
def year(request: Request, program_id: str) -> HttpResponse:
    """Show the payees of a year (`?year=`), each way of paying by itself."""
    program = program_or_404(request, program_id)
    years = years_of(program, at=now())
    told = year_end(program, year=_asked(request, years))
    rails = dict(MethodKind.choices)
    rows = [(row, telling_words(row.telling), rails.get(row.rail, row.rail)) for row in told.rows]
    return program_page(request, "taxes/year_end.html", program=program, told=told, rows=rows, years=years)


@require_safe
@allow(Capability.PAYOUT_WRITE)
def year_file(request: Request, program_id: str) -> HttpResponse:
    """Answer with the same for a spreadsheet."""
    program = program_or_404(request, program_id)
    told = year_end(program, year=_asked(request, years_of(program, at=now())))
    return _file(told)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def year_numbers(request: Request, program_id: str) -> HttpResponse:
    """Answer with the same and with whole tax numbers; who took them when is on record."""
    program = program_or_404(request, program_id)
    told = year_end(program, year=_asked(request, years_of(program, at=now())))
    return _file(told, numbers=numbers_opened(told, by=request.actor, at=now()))


def _file(told: YearEnd, *, numbers: Mapping[str, str] | None = None) -> HttpResponse:
    rows = map(_cells, sheet_rows(told, numbers=numbers))
    answer = csv_answer(_("year-end-%(year)s") % {"year": told.year}, head=sheet_head(), rows=rows)
    answer["Cache-Control"] = "no-store"
    return answer


def _cells(row: tuple[str, ...]) -> tuple[str, ...]:
    """Mark the amounts, which the program wrote itself and which may begin with a minus."""
    return (*row[: _AMOUNTS.start], *map(Exact, row[_AMOUNTS]), *row[_AMOUNTS.stop :])


def _asked(request: HttpRequest, years: list[int]) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and int(text) in years else years[0]
