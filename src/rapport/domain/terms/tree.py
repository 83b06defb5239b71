"""The compiled form of a rule: a small tree of conditions and a small tree of amounts.

Two executors walk it: `holds` and `worth` here, for decisions and explanations, and the replay's, which writes the same
tree as a question over columns. Facts are named by the words of `Fact`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

Exact = Fraction | int


class Fact(StrEnum):
    """What a tree may ask; texts are in small letters, amounts in minor units of the program's currency."""

    CUSTOMER = "customer"
    COUNTRY = "country"
    DEVICE = "device"
    COUPON = "coupon"
    COUPON_CODE = "coupon_code"
    SEGMENT = "segment"
    PLACEMENT = "placement"
    CHANNEL = "channel"
    WEEKDAY = "weekday"
    HOUR = "hour"
    DAY = "day"
    """The day of the order in the program's zone, as a number (`date.toordinal`)."""
    AMOUNT = "amount"
    """The basis of the order as it was reported."""
    QUANTITY = "quantity"
    """All pieces of the order as it was reported."""
    MONTHS_SINCE_FIRST = "months_since_first"
    """Whole months of the calendar between the customer's first order that earned and this one."""
    TIMES_BEFORE = "times_before"
    """How many conversions of the same kind that followed that order were before this one."""
    PRODUCT = "product"
    CATEGORY = "category"
    BRAND = "brand"
    PRICE = "price"
    """Of one piece."""
    COST = "cost"
    """Whether the cost of a line was reported: "told" or nothing."""

    BASIS = "basis"
    """What is left of the basis, of the lines that a rule pays."""
    MARGIN = "margin"
    """`BASIS` less what is left of the reported cost."""
    PIECES = "pieces"
    """What is left of the pieces that a rule pays."""
    SHARE_LEFT = "share_left"
    """The part of the order that stands, from 0 to 1."""


Told = str | frozenset[str] | Exact | None
"""A fact as it is known; None where nobody told it."""

Facts = Mapping[Fact, Told]


@dataclass(frozen=True, slots=True)
class Among:
    """A text is one of these words, or a set of texts holds one of them."""

    fact: Fact
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Within:
    """A number is at least `least` and less than `below`; None: no bound."""

    fact: Fact
    least: int | None
    below: int | None


Condition = Among | Within


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number."""

    value: Exact


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that is a number."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Product:
    """Two amounts multiplied."""

    left: "Amount"
    right: "Amount"


@dataclass(frozen=True, slots=True)
class Least:
    """The smaller of two amounts."""

    left: "Amount"
    right: "Amount"


@dataclass(frozen=True, slots=True)
class Most:
    """The greater of two amounts."""

    left: "Amount"
    right: "Amount"


Amount = Number | Known | Product | Least | Most


def holds(condition: Condition, facts: Facts) -> bool:
    """Say whether a condition holds; what nobody told holds nowhere."""
    told = facts.get(condition.fact)
    if told is None:
        return False
    if isinstance(condition, Within):
        return _within(told, condition)
    return not condition.words.isdisjoint(told) if isinstance(told, frozenset) else told in condition.words


def failing(conditions: tuple[Condition, ...], facts: Facts) -> Condition | None:
    """Return the first condition that does not hold; None when all do."""
    for condition in conditions:
        if not holds(condition, facts):
            return condition
    return None


def worth(amount: Amount, facts: Mapping[Fact, Exact]) -> Exact:
    """Compute an amount exactly."""
    if isinstance(amount, Number):
        return amount.value
    if isinstance(amount, Known):
        return facts[amount.fact]
    left, right = worth(amount.left, facts), worth(amount.right, facts)
    if isinstance(amount, Product):
        return left * right
    return min(left, right) if isinstance(amount, Least) else max(left, right)


def _within(told: Told, bounds: Within) -> bool:
    return isinstance(told, int | Fraction) and _inside(told, bounds)


def _inside(number: Exact, bounds: Within) -> bool:
    return (bounds.least is None or number >= bounds.least) and (bounds.below is None or number < bounds.below)
