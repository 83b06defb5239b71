"""Postbacks by day: what the edge acknowledged, as the lake has it, beside what became of it, as the books have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncDate

from rapport.apps.conversions.models import ReceiptState
from rapport.apps.conversions.queries import receipts_of
from rapport.apps.programs.models import Program
from rapport.kit.clock import from_ms, to_ms
from rapport.lake.days import days_between

DAYS = 28


@dataclass(frozen=True, slots=True)
class ReceiptDay:
    """One day of a program: acknowledged by the edge, of these told by pages, and how many became what."""

    on: date
    acknowledged: int
    by_pages: int
    became: Mapping[str, int]

    @property
    def open(self) -> int:
        """Return how many were acknowledged that the books know nothing of: in a quiet moment none."""
        return max(0, self.acknowledged - sum(self.became.values()))

    @property
    def is_held(self) -> bool:
        """Say whether the lake has all receipts of the day: those from before it kept any are in the books alone."""
        return self.acknowledged >= sum(self.became.values())

    @property
    def figures(self) -> list[int]:
        """Return how many became what, in the order of the states."""
        return [self.became.get(state, 0) for state in ReceiptState.values]


def receipt_days(program: Program, *, at: datetime) -> list[ReceiptDay]:
    """Return the days of the last four weeks on which there was anything, the last one first."""
    # Its engines take fifty megabytes, which a process that never asks should not carry.
    from rapport.lake.questions.receipts import receipts_per_day  # noqa: PLC0415 - see above

    days = days_between(to_ms(at - timedelta(days=DAYS - 1)), to_ms(at) + 1, zone=program.zone)
    from_ms_, until_ms = days[0].starts_ms, days[-1].ends_ms
    told = receipts_per_day(
        settings.LAKE_FOLDER, program_id=program.id, from_ms=from_ms_, until_ms=until_ms, zone=program.zone
    )
    became = _became_by_day(program, from_at=from_ms(from_ms_), until_at=from_ms(until_ms))
    rows = [_row(day.on, told.get(day.on, {}), became.get(day.on, {})) for day in reversed(days)]
    return [row for row in rows if row.acknowledged or row.became]


def receipts_of_order(program: Program, number: str) -> list[str]:
    """Return the ids of receipts that tell of the order with this number, also of those that could not be used."""
    from rapport.lake.questions.receipts import receipts_of as find  # noqa: PLC0415 - as above

    return [row.receipt_id for row in find(settings.LAKE_FOLDER, number, program_id=program.id)]


def _became_by_day(program: Program, *, from_at: datetime, until_at: datetime) -> dict[date, dict[str, int]]:
    rows = (
        receipts_of(program.id)
        .filter(received_at__gte=from_at, received_at__lt=until_at)
        .order_by()
        .annotate(day=TruncDate("received_at", tzinfo=ZoneInfo(program.zone)))
        .values_list("day", "state")
        .annotate(Count("id"))
    )
    became: dict[date, dict[str, int]] = {}
    for day, state, number in rows:
        became.setdefault(day, {})[state] = number
    return became


def _row(on: date, told: Mapping[str, int], became: Mapping[str, int]) -> ReceiptDay:
    return ReceiptDay(on, acknowledged=sum(told.values()), by_pages=told.get("none", 0), became=became)
