"""Pages of clicks, answered by the lake: per day, by what they carried, and one click by its id."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.tracking.queries import links_of_program
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.ui.charts import Chart, Series, bars
from rapport.flows.clicks import read_click
from rapport.kit.clock import now, to_ms
from rapport.lake.questions import DayRow, Dimension, Filter, GroupRow, SubId, lake_at

SPANS = {"7": 7, "30": 30, "90": 90}
USUAL_SPAN = "30"
MOST = 100
"""Keys of a dimension on the page, the most visited first."""

BY: dict[str, Promise] = {
    "agreement": gettext_lazy("Partner"),
    "link": gettext_lazy("Link"),
    "placement": gettext_lazy("Placement"),
    "channel": gettext_lazy("Channel"),
    "device": gettext_lazy("Device"),
    "referrer": gettext_lazy("Came from"),
    **{f"sub{number}": gettext_lazy("Sub-id") for number in range(1, 11)},
}

DIMENSIONS: dict[str, Dimension | SubId] = {name: name for name in get_args(Dimension) + get_args(SubId) if name in BY}


@dataclass(frozen=True, slots=True)
class Group:
    """The visits under one key: `words` is what a reader knows it by."""

    words: str
    visits: GroupRow


@require_safe
@allow(Capability.LINK_READ)
def clicks(request: Request, program_id: str) -> HttpResponse:
    """Show the visits per day (`?days=`, `?partner=`) and by a dimension (`?by=`); `?click=` reads one click."""
    program = program_or_404(request, program_id)
    wanted = request.GET.get("click", "").strip()
    if wanted:
        return _one(request, program, wanted)
    by, span = _chosen(request)
    about = _about(request, program, days=SPANS[span])
    lake = lake_at(settings.LAKE_FOLDER)
    days = lake.clicks_per_day(about, program.zone)
    return program_page(
        request,
        "clicks/page.html",
        program=program,
        totals=lake.totals(about),
        chart=_chart(days),
        days=days,
        groups=_groups(program, lake.clicks_by(about, by, limit=MOST), by=by),
        by=by,
        by_words=BY[by],
        dimensions=list(BY.items()),
        span=span,
        spans=list(SPANS),
        agreement=agreements_of(program.id).filter(pk=request.GET.get("partner", "")).first(),
    )


def _one(request: Request, program: Program, text: str) -> HttpResponse:
    return program_page(request, "clicks/one.html", program=program, click=read_click(program, text))


def _chosen(request: HttpRequest) -> tuple[Dimension | SubId, str]:
    """Return the dimension and the span that the address names; a word that is none means the usual one."""
    by = DIMENSIONS.get(request.GET.get("by", ""), "agreement")
    span = request.GET.get("days", "")
    return by, span if span in SPANS else USUAL_SPAN


def _about(request: HttpRequest, program: Program, *, days: int) -> Filter:
    """Return which visits are meant: whole days of the program's zone, today included."""
    zone = ZoneInfo(program.zone)
    today = now().astimezone(zone).date()
    return Filter(
        program_id=program.id,
        agreement_id=request.GET.get("partner") or None,
        from_ms=to_ms(_midnight(today - timedelta(days=days - 1), zone)),
        until_ms=to_ms(_midnight(today + timedelta(days=1), zone)),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _chart(days: list[DayRow]) -> Chart | None:
    if not days:
        return None
    return bars(
        labels=[date_format(row.day, "j M") for row in days],
        series=[Series(_("People"), tuple(row.net for row in days))],
    )


def _groups(program: Program, rows: list[GroupRow], *, by: str) -> list[Group]:
    """Name the keys: partners and links by their names, nothing by its absence."""
    names: dict[str, str] = {}
    if by == "agreement":
        names = {row.id: row.partner.name for row in agreements_of(program.id)}
    if by == "link":
        named = links_of_program(program.id).filter(pk__in=[row.key for row in rows])
        names = {link.id: link.name or link.code for link in named}
    return [Group(names.get(row.key, row.key) or _("not given"), row) for row in rows]
