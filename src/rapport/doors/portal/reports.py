"""Reports of a partner: clicks per day, by placement, channel and sub-id; what is not counted stands beside."""

from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.apps.tracking.queries import links_of
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui import charts
from rapport.doors.ui.sheets import Exact, csv_answer
from rapport.flows.reporting import Period, ReportRow, report_by
from rapport.kit.clock import now
from rapport.lake.questions import Dimension, SubId, lake_at

SPANS = (7, 30, 90, 365)
_USUAL_SPAN = 30
_MOST_ROWS = 50
_MOST_IN_FILE = 100_000
_ASKED: dict[str, Dimension | SubId] = {
    "placement": "placement",
    "channel": "channel",
    "link": "link",
    "device": "device",
    "country": "country",
    "referrer": "referrer",
    **{name: name for name in get_args(SubId)},
}


@require_safe
@allow(Capability.PORTAL_READ)
def reports(request: Request, agreement_id: str) -> HttpResponse:
    """Show the clicks of the last days, in days of the program's zone, and grouped by one dimension."""
    agreement = agreement_or_404(request, agreement_id)
    span = _span(request)
    by = request.GET.get("by", "")
    dimension = _ASKED.get(by, "placement")
    period = _period(agreement, days=span)
    lake = lake_at(settings.LAKE_FOLDER)
    days = lake.clicks_per_day(period.visits, agreement.program.zone)
    totals = lake.totals(period.visits)
    return portal_page(
        request,
        "reports.html",
        agreement=agreement,
        spans=SPANS,
        span=span,
        dimension=dimension,
        dimensions=_dimensions(),
        totals=totals,
        not_counted=totals.bots + totals.framed,
        chart=charts.lines(
            labels=[date_format(row.day, "j M") for row in days] if days else [_("today")],
            series=[charts.Series(_("Clicks"), tuple(row.net for row in days) if days else (0,))],
        ),
        groups=_groups(period, dimension, most=_MOST_ROWS),
    )


@require_safe
@allow(Capability.PORTAL_READ)
def reports_csv(request: Request, agreement_id: str) -> HttpResponse:
    """Give the partner's clicks by a dimension as a file, all keys of it."""
    agreement = agreement_or_404(request, agreement_id)
    dimension = _ASKED.get(request.GET.get("by", ""), "placement")
    groups = _groups(_period(agreement, days=_span(request)), dimension, most=_MOST_IN_FILE)
    currency = agreement.program.currency
    head = [dict(_dimensions())[dimension], _("Clicks"), _("Not counted"), _("Orders"), _("Earned, %s") % currency]
    rows = [
        (words, row.visits.net, row.visits.bots + row.visits.framed, *_brought(row, currency)) for words, row in groups
    ]
    return csv_answer(f"clicks-{agreement.program.slug}", head=head, rows=rows)


def _groups(period: Period, dimension: Dimension | SubId, *, most: int) -> list[tuple[str, ReportRow]]:
    """Return the rows with their names: links by theirs, everything else by its key."""
    rows = report_by(period, dimension, most=most)
    names: dict[str, str] = {}
    if dimension == "link":
        names = {link.id: link.name or link.code for link in links_of(period.agreement_id or "")}
    return [(names.get(row.visits.key, row.visits.key), row) for row in rows]


def _brought(row: ReportRow, currency: str) -> tuple[str | int, str]:
    if row.brought is None:
        return "", ""
    return row.brought.orders, Exact(format_amount(Money(row.brought.earned_minor, currency)))


def _span(request: Request) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, SPANS) else _USUAL_SPAN


def _period(agreement: Agreement, *, days: int) -> Period:
    """Return whole days of the program's zone, today included."""
    today = now().astimezone(ZoneInfo(agreement.program.zone)).date()
    return Period(agreement.program, today - timedelta(days=days - 1), today, agreement.id)


def _dimensions() -> list[tuple[str, str]]:
    named = [("placement", _("Placement")), ("channel", _("Channel")), ("link", _("Link")), ("device", _("Device"))]
    named += [("country", _("Country")), ("referrer", _("Came from"))]
    return [*named, *((name, name) for name in get_args(SubId))]
