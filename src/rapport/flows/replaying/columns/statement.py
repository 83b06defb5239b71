"""Terms as statements over the columns: exact whole numbers over one denominator, one half-up rounding per commission."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapport.domain.days import DAY_MS
from rapport.domain.terms import DiscountTreatment, Flat, Rule, Terms, Treatment


@dataclass(frozen=True, slots=True)
class Said:
    """Expressions over the columns of an order: its commission, its basis, and the day its hold ends."""

    commission: str
    basis: str
    hold_day: str


def said(terms: Terms) -> Said:
    """Return what terms say to an order, of which they pay the kind."""
    kinds = {rule.when.kind: rule for rule in reversed(terms.rules)}
    return Said(
        commission=_by_kind({kind: _pay(rule, terms) for kind, rule in kinds.items()}),
        basis=half_up(f"{_basis(terms)} * factor_num", "left_den::HUGEINT * factor_den"),
        hold_day="day + 1 + " + _by_kind({kind: str(terms.hold.days_for(kind)) for kind in kinds}),
    )


def half_up(over: str, under: str) -> str:
    """Return a quotient of two expressions, neither below zero, rounded half up."""
    return f"((2 * ({over}) + ({under})) // (2 * ({under})))::BIGINT"


def window_matters(terms: Terms, windows: Mapping[str, int]) -> str:
    """Return the condition under which these terms count another correction than an order's own version does."""
    days = terms.reversal.window_days
    others = {version_id: other for version_id, other in windows.items() if other != days}
    if not others:
        return "false"
    cases = [
        f"version = {text(version_id)} AND NOT (last_ms <= {min(other, days) * DAY_MS}"
        f" OR first_ms > {max(other, days) * DAY_MS})"
        for version_id, other in others.items()
    ]
    return f"coalesce(first_ms IS NOT NULL AND ({' OR '.join(cases)}), false)"


def text(value: str) -> str:
    """Return a text as a literal."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Return texts as a list of literals; one that nothing equals where there are none."""
    return ", ".join(sorted(map(text, values))) or "NULL"


def _pay(rule: Rule, terms: Terms) -> str:
    if isinstance(rule.pay, Flat):
        return half_up(f"{rule.pay.flat_minor}::HUGEINT * stands_num", "stands_den::HUGEINT")
    over, under = rule.pay.percent.as_integer_ratio()
    return half_up(f"{_basis(terms)} * {over} * factor_num", f"left_den::HUGEINT * {under * 100} * factor_den")


def _basis(terms: Terms) -> str:
    """Return the part of what is left that percentages are paid on, as a numerator over `left_den`."""
    amount = "left_total::HUGEINT"
    if terms.basis.tax is Treatment.EXCLUDED:
        amount += " - left_tax"
    if terms.basis.shipping is Treatment.EXCLUDED:
        amount += " - left_shipping"
    if terms.basis.discount is DiscountTreatment.IGNORED:
        amount += " + left_discount"
    return f"(CASE WHEN left_total = 0 THEN 0::HUGEINT ELSE greatest({amount}, 0) END)"


def _by_kind(told: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {text(kind)} THEN {expression}" for kind, expression in told.items())
    return f"(CASE kind {cases} ELSE 0 END)"
