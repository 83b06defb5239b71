"""Reports of clicks: visits out of the lake beside what they brought out of the tables."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from rapport.apps.commissions.yields import Selection, Yield, can_yield_by, yields_by
from rapport.apps.programs.models import Program
from rapport.kit.clock import to_ms
from rapport.lake.questions import Dimension, Filter, GroupRow, SubId, lake_at

_HUNDREDTH_OF_A_PERCENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a program's zone, the last one included, and maybe one agreement only."""

    program: Program
    first_on: date
    last_on: date
    agreement_id: str | None = None

    @property
    def from_at(self) -> datetime:
        """Return the first moment."""
        return datetime.combine(self.first_on, time.min, tzinfo=ZoneInfo(self.program.zone))

    @property
    def until_at(self) -> datetime:
        """Return the first moment after it."""
        return datetime.combine(self.last_on + timedelta(days=1), time.min, tzinfo=ZoneInfo(self.program.zone))

    @property
    def visits(self) -> Filter:
        """Return which visits are meant."""
        return Filter(
            program_id=self.program.id,
            agreement_id=self.agreement_id,
            from_ms=to_ms(self.from_at),
            until_ms=to_ms(self.until_at),
        )

    @property
    def orders(self) -> Selection:
        """Return which orders are meant."""
        return Selection(self.program, self.from_at, self.until_at, self.agreement_id)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The visits under one key, what they brought, and the key's share of all clicks of people.

    `brought` is nothing where orders cannot be told apart by the dimension; `views` are impressions that people saw.
    """

    visits: GroupRow
    share: Decimal
    brought: Yield | None
    views: int = 0

    @property
    def click_through(self) -> Decimal | None:
        """Return clicks of people for each impression, None where none was counted."""
        return _divided(self.visits.net, self.views)

    @property
    def rate(self) -> Decimal | None:
        """Return orders for each click of a person, None where nobody came."""
        return _divided(self.brought.orders, self.visits.net) if self.brought else None

    @property
    def earned_per_hundred_minor(self) -> int | None:
        """Return what was earned for each hundred clicks of people, in minor units; for one it is often less than 1."""
        return _whole(self.brought.earned_minor * 100, self.visits.net) if self.brought else None

    @property
    def order_minor(self) -> int | None:
        """Return what an order was worth on average, in minor units."""
        return _whole(self.brought.sales_minor, self.brought.orders) if self.brought else None


def report_by(period: Period, dimension: Dimension | SubId, *, most: int) -> list[ReportRow]:
    """Return the most visited keys of a dimension, then those that were only seen or brought orders."""
    lake = lake_at(settings.LAKE_FOLDER)
    everybody = lake.totals(period.visits).net
    visits = {row.key: row for row in lake.clicks_by(period.visits, dimension, limit=most)}
    brought = yields_by(period.orders, dimension) if can_yield_by(dimension) else None
    views = lake.views_by(period.visits, dimension, limit=most)
    unseen = {key: GroupRow(key, 0, 0, 0, 0) for key in (*(brought or ()), *views) if key not in visits}
    return [
        ReportRow(
            row,
            share=_divided(row.net, everybody) or Decimal(0),
            brought=None if brought is None else brought.get(key, Yield()),
            views=views.get(key, 0),
        )
        for key, row in list({**visits, **unseen}.items())[:most]
    ]


def _divided(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(_HUNDREDTH_OF_A_PERCENT) if whole else None


def _whole(minor: int, count: int) -> int | None:
    return round(Decimal(minor) / count) if count else None
