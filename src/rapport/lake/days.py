"""Cuts time into the days of a time zone, the same way as the books do: by the time zone data of Python."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MS_IN_DAY = 86_400_000  # of a UTC day, which has no leap seconds here

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a time zone: 23, 24 or 25 hours, from `starts_ms` until just before `ends_ms`."""

    on: date
    starts_ms: int
    ends_ms: int


def days_between(from_ms: int, until_ms: int, *, zone: str) -> list[Day]:
    """Return the whole days that hold the moments from `from_ms` until just before `until_ms`; none when it is empty.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    if until_ms <= from_ms:
        return []
    where = ZoneInfo(zone)
    first, last = _day_of(from_ms, where=where), _day_of(until_ms - 1, where=where)
    days = [first + number * _A_DAY for number in range((last - first).days + 1)]
    starts = [_starts_ms(day, where=where) for day in (*days, last + _A_DAY)]
    return [Day(on, starts_ms=start, ends_ms=end) for on, start, end in zip(days, starts, starts[1:], strict=False)]


def _day_of(moment_ms: int, *, where: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment_ms // 1_000, tz=where).date()


def _starts_ms(day: date, *, where: ZoneInfo) -> int:
    """Return the first moment of a day.

    Where the clocks go forward at midnight, local midnight does not exist; with the offset from before the change it
    names the very moment of the change. Where they go back over it, the first of the two midnights counts.
    """
    moment = datetime.combine(day, time.min, tzinfo=where)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
