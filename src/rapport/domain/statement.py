"""The statement: how what is owed to an agreement came from one day to another, in five figures that add up.

Owed is what is payable and what is reserved in a payout; opening + earned + adjusted - reversed - paid = closing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapport.domain.books import AccountKind

OWED = frozenset({AccountKind.PAYABLE, AccountKind.RESERVED})
"""Where money sits that is a partner's and not yet with the partner."""


class Part(StrEnum):
    """Which figure of a statement a movement belongs to."""

    EARNED = "earned"
    ADJUSTED = "adjusted"
    REVERSED = "reversed"
    PAID = "paid"


_PARTS = {
    AccountKind.ACCRUED: Part.EARNED,
    AccountKind.EXPENSE: Part.REVERSED,
    AccountKind.PAID: Part.PAID,
}


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of a statement in minor units; what was reversed and paid counts from zero up."""

    opening_minor: int
    earned_minor: int
    adjusted_minor: int
    reversed_minor: int
    paid_minor: int

    @property
    def closing_minor(self) -> int:
        """Return what is owed at the end."""
        return self.opening_minor + self.earned_minor + self.adjusted_minor - self.reversed_minor - self.paid_minor


def effect(source: AccountKind, destination: AccountKind, minor: int) -> tuple[Part, int] | None:
    """Return by how much a posting changes what is owed, and as what; None where it only moves inside or elsewhere."""
    if (source in OWED) == (destination in OWED):
        return None
    if destination in OWED:
        return _PARTS.get(source, Part.ADJUSTED), minor
    return _PARTS.get(destination, Part.ADJUSTED), -minor


def sum_up(opening_minor: int, effects: Iterable[tuple[Part, int]]) -> Sums:
    """Add the effects of a stretch of time to what was owed when it began."""
    by_part = dict.fromkeys(Part, 0)
    for part, minor in effects:
        by_part[part] += minor
    return Sums(
        opening_minor,
        by_part[Part.EARNED],
        by_part[Part.ADJUSTED],
        -by_part[Part.REVERSED],
        -by_part[Part.PAID],
    )
