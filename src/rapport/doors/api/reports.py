"""Read reports of clicks: visits over time and under the keys of a dimension, with what they brought."""

from datetime import date, timedelta
from typing import Annotated, Literal, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema
from pydantic import Field, model_validator

from rapport.apps.identity.rights import Capability, can, find
from rapport.apps.programs.queries import all_programs
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow
from rapport.doors.api.conversions import REFUSALS
from rapport.flows.reporting import Period, ReportRow, report_by
from rapport.kit.clock import from_ms
from rapport.lake.questions import Dimension, PeopleRow, SpanRow, SubId, lake_at

router = Router(tags=["reports"])

MOST_DAYS = 400
MOST_DAYS_OF_HOURS = 31
MOST_DAYS_OF_PEOPLE = 92
"""People are told apart click by click: nothing of them is counted ahead."""


class Asked(Schema):
    """What a report is about: whole days of the program's zone, both included."""

    program: Annotated[str, Field(max_length=32)]
    from_on: date
    until_on: date
    agreement: Annotated[str, Field(max_length=32)] = ""
    by: Dimension | SubId = "agreement"
    step: Literal["hour", "day", "week", "month"] = "day"
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    people: bool = False

    @model_validator(mode="after")
    def _in_bounds(self) -> "Asked":
        days = (self.until_on - self.from_on).days + 1
        most = MOST_DAYS_OF_HOURS if self.step == "hour" else MOST_DAYS
        most = min(most, MOST_DAYS_OF_PEOPLE) if self.people else most
        if not 1 <= days <= most or not date.min < self.from_on < date.max - timedelta(days=2):
            raise ValueError(f"from_on to until_on must be 1 to {most} days")
        return self


class VisitsOut(Schema):
    """Visits: gross = net + bots + framed; net are those that a person chose to make."""

    gross: int
    net: int
    bots: int
    framed: int


class SpanOut(VisitsOut):
    """The visits of one hour, day, week or month that begins at a moment."""

    starts_at: str


class PeopleOut(Schema):
    """How many different people came on a day of the program's zone; `everybody` with bots and unseen visits."""

    on: date
    people: int
    everybody: int


class KeyOut(VisitsOut):
    """The visits under one key, and what they brought; amounts only where the key may read commissions."""

    key: str
    share: str
    views: int
    click_through_rate: str | None
    orders: int | None
    conversion_rate: str | None
    earned_per_100_clicks: str | None
    average_order: str | None


class ClickReport(Schema):
    """Visits of whole days: together, over time, and by a dimension."""

    program: str
    zone: str
    currency: str
    totals: VisitsOut
    series: list[SpanOut]
    people: list[PeopleOut] | None
    by: str
    keys: list[KeyOut]


@router.get("/reports/clicks", response={200: ClickReport, **REFUSALS})
@allow(Capability.LINK_READ)
def report_clicks(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """Return the visits of whole days with what they brought, bots and people always apart."""
    actor = cast("Request", request).actor
    program = find(actor, Capability.LINK_READ, all_programs(), pk=asked.program)
    period = Period(program, asked.from_on, asked.until_on, asked.agreement or None)
    lake, zone = lake_at(settings.LAKE_FOLDER), ZoneInfo(program.zone)
    totals = lake.totals(period.visits)
    currency = program.currency if can(actor, Capability.COMMISSION_READ, program) else ""
    body = {
        "program": program.id,
        "zone": program.zone,
        "currency": program.currency,
        "totals": {"gross": totals.gross, "net": totals.net, "bots": totals.bots, "framed": totals.framed},
        "series": [_span(row, zone) for row in lake.series(period.visits, program.zone, asked.step)],
        "people": [_people(row) for row in lake.people_per_day(period.visits, program.zone)] if asked.people else None,
        "by": asked.by,
        "keys": [_key(row, currency=currency) for row in report_by(period, asked.by, most=asked.limit)],
    }
    return JsonResponse(body)


def _span(row: SpanRow, zone: ZoneInfo) -> dict[str, object]:
    starts_at = from_ms(row.starts_ms).astimezone(zone).isoformat()
    return {"starts_at": starts_at, "gross": row.gross, "net": row.net, "bots": row.bots, "framed": row.framed}


def _people(row: PeopleRow) -> dict[str, object]:
    return {"on": row.day.isoformat(), "people": row.people, "everybody": row.everybody}


def _key(row: ReportRow, *, currency: str) -> dict[str, object]:
    visits = row.visits
    return {
        "key": visits.key,
        "gross": visits.gross,
        "net": visits.net,
        "bots": visits.bots,
        "framed": visits.framed,
        "share": f"{row.share:.4f}",
        "views": row.views,
        "click_through_rate": None if row.click_through is None else f"{row.click_through:.4f}",
        "orders": row.brought.orders if row.brought else None,
        "conversion_rate": None if row.rate is None else f"{row.rate:.4f}",
        "earned_per_100_clicks": _amount(row.earned_per_hundred_minor, currency),
        "average_order": _amount(row.order_minor, currency),
    }


def _amount(minor: int | None, currency: str) -> str | None:
    return format_amount(Money(minor, currency)) if currency and minor is not None else None
