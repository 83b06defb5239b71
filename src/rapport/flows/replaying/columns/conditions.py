"""Conditions of rules as expressions over columns; what nobody told holds nowhere."""

from datetime import date
from typing import Final

from rapport.domain.terms import Basis, DiscountTreatment, Treatment
from rapport.domain.terms.tree import Among, Condition, Fact, Within
from rapport.flows.replaying.columns.schema import PER_PIECE

DAY_OF_EPOCH: Final = date(1970, 1, 1).toordinal()
_WORDS: Final = {
    Fact.CUSTOMER: "customer",
    Fact.COUNTRY: "country",
    Fact.DEVICE: "device",
    Fact.COUPON: "coupon",
    Fact.SEGMENT: "segment",
    Fact.PLACEMENT: "placement",
    Fact.CHANNEL: "channel",
    Fact.WEEKDAY: "weekday",
    Fact.PRODUCT: "product_key",
    Fact.CATEGORY: "category",
    Fact.BRAND: "brand",
}
_COUNTS: Final = {
    Fact.HOUR: ("hour", 1),
    Fact.MONTHS_SINCE_FIRST: ("months", 1),
    Fact.TIMES_BEFORE: ("times", 1),
    Fact.DAY: (f"(day + {DAY_OF_EPOCH})", 1),
    Fact.QUANTITY: ("quantity", PER_PIECE),
}


class Unsaid(Exception):
    """A node of the tree that no expression is written for."""


def holding(condition: Condition, basis: Basis) -> str:
    """Return the expression that is true where a condition holds."""
    told = _among(condition) if isinstance(condition, Among) else _within(condition, basis)
    return f"coalesce({told}, false)"


def all_hold(conditions: tuple[Condition, ...], basis: Basis) -> str:
    """Return the expression that is true where all conditions hold."""
    return " AND ".join(holding(one, basis) for one in conditions) or "true"


def basis_over(basis: Basis, prefix: str = "") -> str:
    """Return the part of an order that percentages are paid on: of what was reported, or of what is left (`left_`)."""
    amount = f"{prefix}total::HUGEINT"
    if basis.tax is Treatment.EXCLUDED:
        amount += f" - {prefix}tax"
    if basis.shipping is Treatment.EXCLUDED:
        amount += f" - {prefix}shipping"
    if basis.discount is DiscountTreatment.IGNORED:
        amount += f" + {prefix}discount"
    return f"(CASE WHEN {prefix}total = 0 THEN 0::HUGEINT ELSE greatest({amount}, 0) END)"


def text(value: str) -> str:
    """Return a text as a literal."""
    return "'" + value.replace("'", "''") + "'"


def _among(condition: Among) -> str:
    if condition.fact is Fact.COST:
        return "cost IS NOT NULL"
    if condition.fact is Fact.COUPON_CODE:
        return " OR ".join(f"contains(codes, {text(f'|{word}|')})" for word in sorted(condition.words))
    if condition.fact not in _WORDS:
        raise Unsaid(condition.fact.value)
    return f"{_WORDS[condition.fact]} IN ({', '.join(map(text, sorted(condition.words)))})"


def _within(condition: Within, basis: Basis) -> str:
    if condition.fact is Fact.AMOUNT:
        return _bounds(condition, f"{basis_over(basis)} * factor_num", " * factor_den")
    if condition.fact is Fact.PRICE:
        return _bounds(condition, "price::HUGEINT * factor_num", " * factor_den")
    if condition.fact not in _COUNTS:
        raise Unsaid(condition.fact.value)
    column, each = _COUNTS[condition.fact]
    return _bounds(condition, column, f" * {each}")


def _bounds(condition: Within, over: str, under: str) -> str:
    least = [] if condition.least is None else [f"{over} >= {condition.least}::HUGEINT{under}"]
    below = [] if condition.below is None else [f"{over} < {condition.below}::HUGEINT{under}"]
    return " AND ".join((*least, *below)) or f"{over} IS NOT NULL"
