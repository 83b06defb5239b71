"""How a program does: yesterday beside the same weekday of the weeks before, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

from django.conf import settings

from rapport.apps.commissions.queries import holds_ending, sums_by_state
from rapport.apps.conversions.queries import orders_by_day
from rapport.apps.ledger.queries import earned_by_day
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import coming_version
from rapport.domain.money import Money
from rapport.kit.clock import to_ms
from rapport.lake.questions import Filter, lake_at

WEEKS = 8
"""How many same weekdays a day is held against."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of a day beside those of the same weekday before, oldest first."""

    now: int
    before: tuple[int, ...]

    @property
    def usual(self) -> int:
        """Return the median of the days before (the lower one of two)."""
        return median_low(self.before)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a program: clicks of people, orders, their total and the commission booked, in minor units."""

    on: date
    clicks: Compared
    orders: Compared
    sales_minor: Compared
    commission_minor: Compared


@dataclass(frozen=True, slots=True)
class Next:
    """What comes by itself: commissions approved at the end of this day, and terms that take effect."""

    ends_at: datetime
    approvals: int
    approved: Money
    terms: TermsVersion | None


def yesterday(program: Program, *, at: datetime) -> Day:
    """Return yesterday in the program's zone beside the same weekday of eight weeks."""
    on = at.astimezone(ZoneInfo(program.zone)).date() - timedelta(days=1)
    days = [on - timedelta(weeks=week) for week in range(WEEKS, -1, -1)]
    from_at, until_at = _midnight(days[0], program.zone), _midnight(on + timedelta(days=1), program.zone)
    about = Filter(program_id=program.id, from_ms=to_ms(from_at), until_ms=to_ms(until_at))
    clicks = {row.day: row.net for row in lake_at(settings.LAKE_FOLDER).clicks_per_day(about, program.zone)}
    orders = orders_by_day(program, from_at=from_at, until_at=until_at)
    earned = earned_by_day(program.id, zone=program.zone, from_at=from_at, until_at=until_at)
    return Day(
        on=on,
        clicks=_compared(days, clicks),
        orders=_compared(days, {day: number for day, (number, _minor) in orders.items()}),
        sales_minor=_compared(days, {day: minor for day, (_number, minor) in orders.items()}),
        commission_minor=_compared(days, earned),
    )


def what_comes(program: Program, *, at: datetime) -> Next:
    """Return what the end of this day brings, and the next terms."""
    ends_at = _midnight(at.astimezone(ZoneInfo(program.zone)).date() + timedelta(days=1), program.zone)
    ending = sums_by_state(holds_ending(program.id, until=ends_at))
    return Next(
        ends_at=ends_at,
        approvals=sum(one.count for one in ending.values()),
        approved=Money(sum(one.accrued_minor for one in ending.values()), program.currency),
        terms=coming_version(program.id, at=at),
    )


def _compared(days: list[date], figures: Mapping[date, int]) -> Compared:
    *before, now = (figures.get(day, 0) for day in days)
    return Compared(now, tuple(before))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
