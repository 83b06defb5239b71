"""When a link is full: the clicks of its day, or all its clicks, have come up to its cap."""

from dataclasses import dataclass
from typing import Final

FOR_GOOD_MS: Final = 32_503_680_000_000
"""The year 3000: until then a link is full whose clicks in total have come up to its cap."""


@dataclass(frozen=True, slots=True)
class Cap:
    """How many clicks a link may hand out in a day of its program's zone, and in total; None: any number."""

    per_day: int | None = None
    in_total: int | None = None

    def within(self, other: "Cap") -> "Cap":
        """Return the tighter of two caps, the day's and the total's each by itself."""
        return Cap(_least(self.per_day, other.per_day), _least(self.in_total, other.in_total))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many clicks a link handed out: on this day, and in total."""

    of_day: int = 0
    in_total: int = 0


def full_until_ms(cap: Cap, counts: Counts, *, day_ends_ms: int) -> int | None:
    """Return until when a link is full: for good, until the day ends, or not at all."""
    if cap.in_total is not None and counts.in_total >= cap.in_total:
        return FOR_GOOD_MS
    if cap.per_day is not None and counts.of_day >= cap.per_day:
        return day_ends_ms
    return None


def _least(one: int | None, other: int | None) -> int | None:
    return min((number for number in (one, other) if number is not None), default=None)
