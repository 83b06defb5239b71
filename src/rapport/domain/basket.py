"""The lines of a basket, and which part of an order each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Exact = Fraction | int
"""A number that may have a fraction; whole ones stay plain integers, which are faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the basket as reported, in minor units of the order.

    `price_minor` is for one piece, the rest for all; `cost_minor` what they cost the merchant, None where nobody told.
    """

    product: str
    category: str = ""
    brand: str = ""
    quantity: Exact = 1
    price_minor: int = 0
    discount_minor: int = 0
    cost_minor: int | None = None

    @property
    def worth(self) -> Exact:
        """Return what the line comes to, never below zero."""
        return max(self.quantity * self.price_minor - self.discount_minor, 0)


def weights_of(items: Sequence[Item]) -> list[Fraction]:
    """Return which part of the order each line is: by what it comes to, or alike where all come to nothing."""
    worths = [item.worth for item in items]
    whole = sum(worths)
    return [Fraction(worth) / whole if whole else Fraction(1, len(items)) for worth in worths]
