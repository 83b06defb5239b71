"""Reports of a partner: clicks per day, by placement, channel and sub-id; what is not counted stands beside."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.models import Agreement
from rapport.doors.access import Request, allow
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.doors.ui import charts
from rapport.kit.clock import now, to_ms
from rapport.lake.questions import Dimension, Filter, SubId, lake_at

SPANS = (7, 30, 90)
_USUAL_SPAN = 30
_MOST_ROWS = 50
_ASKED: dict[str, Dimension | SubId] = {
    "placement": "placement",
    "channel": "channel",
    "device": "device",
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
    about = _about(agreement, days=span, at=now())
    lake = lake_at(settings.LAKE_FOLDER)
    days = lake.clicks_per_day(about, agreement.program.zone)
    totals = lake.totals(about)
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
        groups=lake.clicks_by(about, dimension, limit=_MOST_ROWS),
    )


def _span(request: Request) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, SPANS) else _USUAL_SPAN


def _about(agreement: Agreement, *, days: int, at: datetime) -> Filter:
    """Return the filter of whole days of the program's zone, today included."""
    zone = ZoneInfo(agreement.program.zone)
    today = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    first, end = today - timedelta(days=days - 1), today + timedelta(days=1)
    return Filter(agreement_id=agreement.id, from_ms=to_ms(first.astimezone(UTC)), until_ms=to_ms(end.astimezone(UTC)))


def _dimensions() -> list[tuple[str, str]]:
    named = [("placement", _("Placement")), ("channel", _("Channel")), ("device", _("Device"))]
    return [*named, *((name, name) for name in get_args(SubId))]
