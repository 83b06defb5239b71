"""Pages of clicks: over time, by what they carried and what that brought, one by its id, and the last ones live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from rapport.apps.commissions.yields import waits
from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.tracking.queries import links_of_program
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.ui.charts import Chart, Series, bars
from rapport.doors.ui.reports import span_words
from rapport.doors.ui.sheets import Exact, csv_answer
from rapport.flows.clicks import click_of_order, read_click
from rapport.flows.reporting import Period, ReportRow, report_by
from rapport.kit.clock import now
from rapport.lake.days import Step
from rapport.lake.questions import Dimension, Filter, GroupRow, SpanRow, SubId, lake_at

SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}
USUAL_SPAN = "30"
STEPS: dict[str, tuple[Step, Promise]] = {
    "hour": ("hour", gettext_lazy("Hours")),
    "day": ("day", gettext_lazy("Days")),
    "week": ("week", gettext_lazy("Weeks")),
    "month": ("month", gettext_lazy("Months")),
}
MOST_HOURS = 7
"""Days of hours on one picture."""
MOST = 100
"""Keys of a dimension on the page, the most visited first."""
MOST_IN_FILE = 100_000
LIVE = 25
"""Clicks on the page of those that come just now."""

BY: dict[str, Promise] = {
    "agreement": gettext_lazy("Partner"),
    "link": gettext_lazy("Link"),
    "placement": gettext_lazy("Placement"),
    "channel": gettext_lazy("Channel"),
    "creative": gettext_lazy("Creative"),
    "device": gettext_lazy("Device"),
    "browser": gettext_lazy("Browser"),
    "country": gettext_lazy("Country"),
    "referrer": gettext_lazy("Came from"),
    **{f"sub{number}": gettext_lazy("Sub-id") for number in range(1, 11)},
}

DIMENSIONS: dict[str, Dimension | SubId] = {name: name for name in get_args(Dimension) + get_args(SubId) if name in BY}


@dataclass(frozen=True, slots=True)
class Group:
    """The visits under one key and what they brought; `words` is its name, money stands where it may be seen."""

    words: str
    row: ReportRow
    per_hundred: Money | None
    per_order: Money | None

    @property
    def visits(self) -> GroupRow:
        """Return the visits, gross and net."""
        return self.row.visits


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for; a word that is none means the usual one."""

    by: Dimension | SubId
    span: str
    step: Step

    @classmethod
    def of(cls, request: HttpRequest) -> "Chosen":
        """Read the address."""
        by = DIMENSIONS.get(request.GET.get("by", ""), "agreement")
        span = request.GET.get("days", "")
        span = span if span in SPANS else USUAL_SPAN
        step, _words = STEPS.get(request.GET.get("step", ""), STEPS["day"])
        return cls(by, span, "day" if step == "hour" and SPANS[span] > MOST_HOURS else step)


@require_safe
@allow(Capability.LINK_READ)
def clicks(request: Request, program_id: str) -> HttpResponse:
    """Show the visits over time (`?days=`, `?step=`, `?partner=`) and by a dimension (`?by=`); `?click=` reads one."""
    program = program_or_404(request, program_id)
    wanted = request.GET.get("click", "").strip()
    if wanted:
        return _one(request, program, click_of_order(program, wanted) or wanted)
    chosen = Chosen.of(request)
    period = _period(request, program, days=SPANS[chosen.span])
    lake = lake_at(settings.LAKE_FOLDER)
    spans = lake.series(period.visits, program.zone, chosen.step)
    groups = _groups(request, period, chosen.by, most=MOST)
    return program_page(
        request,
        "clicks/page.html",
        program=program,
        totals=lake.totals(period.visits),
        chart=_chart(spans, chosen.step, program.zone),
        spans_shown=[(span_words(row, chosen.step, program.zone), row) for row in spans],
        groups=groups,
        any_views=any(group.row.views for group in groups),
        waits=waits(period.orders),
        chosen=chosen,
        by_words=BY[chosen.by],
        dimensions=list(BY.items()),
        spans=list(SPANS),
        steps=[(name, words) for name, (_step, words) in STEPS.items() if name != "hour" or chosen.span == "7"],
        agreement=agreements_of(program.id).filter(pk=request.GET.get("partner", "")).first(),
        sees_money=can(request.actor, Capability.COMMISSION_READ, program),
    )


@require_safe
@allow(Capability.LINK_READ)
def clicks_csv(request: Request, program_id: str) -> HttpResponse:
    """Give the table by a dimension as a file, all keys of it."""
    program = program_or_404(request, program_id)
    chosen = Chosen.of(request)
    groups = _groups(request, _period(request, program, days=SPANS[chosen.span]), chosen.by, most=MOST_IN_FILE)
    head = [str(BY[chosen.by]), _("All visits"), _("Bots"), _("Unseen"), _("Clicks"), _("Views"), _("Orders")]
    money = [_("Per 100 clicks, %s") % program.currency, _("Per order, %s") % program.currency]
    return csv_answer(f"clicks-{program.slug}", head=head + money, rows=[_cells(group) for group in groups])


@require_safe
@allow(Capability.LINK_READ)
def clicks_live(request: Request, program_id: str) -> HttpResponse:
    """Show the clicks that came last; the page asks for the piece of it again while it is open."""
    program = program_or_404(request, program_id)
    rows = lake_at(settings.LAKE_FOLDER).latest(Filter(program_id=program.id), limit=LIVE)
    names = {row.id: row.partner.name for row in agreements_of(program.id)}
    shown = [(row, names.get(row.agreement_id, "")) for row in rows]
    if request.headers.get("HX-Request"):
        return render(request, "console/clicks/tail.html", {"program_row": program, "shown": shown})
    return program_page(request, "clicks/live.html", program=program, shown=shown)


def _one(request: Request, program: Program, text: str) -> HttpResponse:
    return program_page(request, "clicks/one.html", program=program, click=read_click(program, text))


def _period(request: HttpRequest, program: Program, *, days: int) -> Period:
    """Return which visits are meant: whole days of the program's zone, today included."""
    today = now().astimezone(ZoneInfo(program.zone)).date()
    return Period(program, today - timedelta(days=days - 1), today, request.GET.get("partner") or None)


def _chart(spans: Sequence[SpanRow], step: Step, zone: str) -> Chart | None:
    if not spans:
        return None
    return bars(
        labels=[span_words(row, step, zone) for row in spans],
        series=[Series(_("People"), tuple(row.net for row in spans))],
    )


def _groups(request: Request, period: Period, by: Dimension | SubId, *, most: int) -> list[Group]:
    """Name the keys: partners and links by their names, nothing by its absence."""
    rows = report_by(period, by, most=most)
    names = _names(period.program, [row.visits.key for row in rows], by=by)
    sees_money = can(request.actor, Capability.COMMISSION_READ, period.program)
    return [_group(row, names, currency=period.program.currency if sees_money else "") for row in rows]


def _names(program: Program, keys: Sequence[str], *, by: str) -> dict[str, str]:
    if by == "agreement":
        return {row.id: row.partner.name for row in agreements_of(program.id)}
    if by == "link":
        return {link.id: link.name or link.code for link in links_of_program(program.id).filter(pk__in=keys)}
    return {}


def _group(row: ReportRow, names: dict[str, str], *, currency: str) -> Group:
    key = row.visits.key
    hundred, order = row.earned_per_hundred_minor, row.order_minor
    return Group(
        names.get(key, key) or _("not given"),
        row,
        per_hundred=Money(hundred, currency) if currency and hundred is not None else None,
        per_order=Money(order, currency) if currency and order is not None else None,
    )


def _cells(group: Group) -> list[str | int]:
    visits = group.row.visits
    orders = group.row.brought.orders if group.row.brought else ""
    money = [Exact(format_amount(one)) if one else "" for one in (group.per_hundred, group.per_order)]
    return [group.words, visits.gross, visits.bots, visits.framed, visits.net, group.row.views, orders, *money]
