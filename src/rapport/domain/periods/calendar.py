"""Periods by the calendar of the program's zone, each with the short text that names it for ever."""

from dataclasses import dataclass
from datetime import date

from rapport.domain.days import day_of
from rapport.domain.terms import Bonus, Over, Tier

_MONTHS_OF_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, such as 2026-05, 2026-q2, 2026 or ever; a time-limited bonus is named by its first day."""

    key: str


def period_of(promise: Tier | Bonus, at_ms: int, zone: str) -> Period | None:
    """Return the period that a moment falls into; None where a bonus does not count this day."""
    day = day_of(at_ms, zone)
    if isinstance(promise, Bonus):
        if (promise.from_day and day < promise.from_day) or (promise.until_day and day > promise.until_day):
            return None
        bound = promise.from_day or promise.until_day
        if promise.over is Over.EVER and bound:
            return Period(bound.isoformat())
    return Period(_key(promise.over, day))


def _key(over: Over, day: date) -> str:
    return {
        Over.MONTH: f"{day:%Y-%m}",
        Over.QUARTER: f"{day:%Y}-q{(day.month - 1) // _MONTHS_OF_QUARTER + 1}",
        Over.YEAR: f"{day:%Y}",
        Over.EVER: "ever",
    }[over]
