"""One order as a replay sees it: what it paid, what it would pay, and what of that belongs to which product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rapport.apps.conversions.past import BasketLine
from rapport.domain.money import allocate, round_half_up


@dataclass(frozen=True, slots=True)
class Paid:
    """What one agreement gets from an order: how much, by which version, and from which day on it is payable."""

    agreement_id: str
    minor: int
    version_id: str
    payable_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """A product's part of an order: weight, and what its lines brought beyond their cost, where that was told."""

    product: str
    weight: Fraction | int
    margin_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order: what the books hold (`then`), what the engine says to that, and what it would pay by the draft.

    `present` is what it would pay by the terms that bind its partner today. What a tier or bonus pays over a period is
    no order, and has none of an order's basis.
    """

    conversion_id: str
    external_id: str
    kind: str
    on: date
    then: tuple[Paid, ...] = ()
    engine: Paid | None = None
    present: Paid | None = None
    now: Paid | None = None
    basis_then_minor: int = 0
    basis_now_minor: int = 0
    shares: tuple[Share, ...] = ()
    is_order: bool = True

    @property
    def then_minor(self) -> int:
        """Return what all agreements got."""
        return sum(paid.minor for paid in self.then)

    @property
    def now_minor(self) -> int:
        """Return what it would pay."""
        return self.now.minor if self.now else 0

    @property
    def engine_minor(self) -> int:
        """Return what the engine says that it should have paid."""
        return self.engine.minor if self.engine else 0

    @property
    def matters(self) -> bool:
        """Say whether anything was or would be paid."""
        sides = (self.engine, self.present, self.now)
        return bool(self.then_minor) or any(paid.minor for paid in sides if paid)

    @property
    def earner_then(self) -> str:
        """Return who earns by the terms that were promised; empty where nobody does."""
        return self.engine.agreement_id if self.engine else ""

    @property
    def earner_now(self) -> str:
        """Return who would earn by the draft."""
        return self.now.agreement_id if self.now else ""


def shares_of(basket: Sequence[BasketLine], *, left: Fraction | int, factor: Fraction | int) -> tuple[Share, ...]:
    """Return the parts of a basket; `left` is what stands of the order (0 to 1), `factor` what its currency is worth.

    An order that told of no lines is one part without a product.
    """
    if not basket:
        return (Share("", 1, None),)
    worth = [max(Fraction(line.quantity) * line.price_minor - line.discount_minor, Fraction(0)) for line in basket]
    even = not any(worth)
    return tuple(
        Share(line.product, 1 if even else minor, _margin(line, minor, left * factor))
        for line, minor in zip(basket, worth, strict=True)
    )


def _margin(line: BasketLine, worth: Fraction, factor: Fraction | int) -> int | None:
    return None if line.cost_minor is None else round_half_up(Fraction((worth - line.cost_minor) * factor))


def spread(minor: int, shares: Sequence[Share]) -> list[int]:
    """Share an amount among the parts of a basket by the largest remainder: they add up to it."""
    if len(shares) == 1:
        return [minor]
    return allocate(minor, [share.weight for share in shares])
