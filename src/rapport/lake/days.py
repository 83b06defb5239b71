"""Cuts time into hours, days, weeks and months of a zone, as the books do: by the time zone data of Python."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

MS_IN_DAY = 86_400_000  # of a UTC day, which has no leap seconds here

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_DAY = timedelta(days=1)
_HOUR_MS = 3_600_000

Step = Literal["hour", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a time zone: 23, 24 or 25 hours, from `starts_ms` until just before `ends_ms`."""

    on: date
    starts_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class Span:
    """An hour, day, week or month of a time zone: the day that it begins on, and its moments."""

    on: date
    starts_ms: int
    ends_ms: int


_FIRSTS: dict[Step, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}


def utc_day(number: int) -> date:
    """Return the UTC day with a number since 1970."""
    return datetime.fromtimestamp(number * 86_400, tz=UTC).date()


def day_number(day: date) -> int:
    """Return the number of a day since 1970."""
    return (day - _EPOCH.date()).days


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


def spans_between(from_ms: int, until_ms: int, *, zone: str, step: Step) -> list[Span]:
    """Return the whole hours, days, weeks (from Monday) or months of a zone that hold the moments of a range.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    days = days_between(from_ms, until_ms, zone=zone)
    if step == "hour":
        hours = [Span(day.on, start, min(start + _HOUR_MS, day.ends_ms)) for day in days for start in _hours(day)]
        return [hour for hour in hours if hour.starts_ms < until_ms and hour.ends_ms > from_ms]
    if not days:
        return []
    begins_ms = _starts_ms(_FIRSTS[step](days[0].on), where=ZoneInfo(zone))
    return _joined(days_between(begins_ms, _end_of(days[-1].on, step=step, zone=zone), zone=zone), step=step)


def _joined(days: list[Day], *, step: Step) -> list[Span]:
    """Join days into the spans that begin on the same day."""
    spans: dict[date, Span] = {}
    for day in days:
        first = _FIRSTS[step](day.on)
        begun = spans.get(first)
        spans[first] = Span(first, begun.starts_ms if begun else day.starts_ms, day.ends_ms)
    return list(spans.values())


def _end_of(day: date, *, step: Step, zone: str) -> int:
    """Return the first moment after the span that holds a day."""
    after = day
    while _FIRSTS[step](after) == _FIRSTS[step](day):
        after += _A_DAY
    return _starts_ms(after, where=ZoneInfo(zone))


def _hours(day: Day) -> range:
    return range(day.starts_ms, day.ends_ms, _HOUR_MS)


def _day_of(moment_ms: int, *, where: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment_ms // 1_000, tz=where).date()


def _starts_ms(day: date, *, where: ZoneInfo) -> int:
    """Return the first moment of a day.

    Where the clocks go forward at midnight, local midnight does not exist; with the offset from before the change it
    names the very moment of the change. Where they go back over it, the first of the two midnights counts.
    """
    moment = datetime.combine(day, time.min, tzinfo=where)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
