"""Days and moments: windows are exact milliseconds, holds are days of the program's zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY_MS: Final = 86_400_000
"""A day of a window: always 24 hours, whatever the clocks of a zone do."""

_SECOND_MS: Final = 1000


def day_of(at_ms: int, zone: str) -> date:
    """Return the day that a moment falls on in a zone."""
    return local(at_ms, zone).date()


def local(at_ms: int, zone: str) -> datetime:
    """Return a moment as the clocks of a zone show it."""
    return datetime.fromtimestamp(at_ms // _SECOND_MS, tz=_zone(zone))


@lru_cache(maxsize=4096)
def start_of_day_ms(day: date, zone: str) -> int:
    """Return the first moment of a day in a zone, also where its midnight is skipped or comes twice."""
    midnight = datetime.combine(day, time.min, tzinfo=_zone(zone))
    return int(midnight.astimezone(UTC).timestamp()) * _SECOND_MS


def hold_end_ms(order_ms: int, *, hold_days: int, zone: str) -> int:
    """Return the midnight that ends the last day of a hold: the day of the order and `hold_days` more."""
    return start_of_day_ms(day_of(order_ms, zone) + timedelta(days=hold_days + 1), zone)


@lru_cache(maxsize=64)
def _zone(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)
