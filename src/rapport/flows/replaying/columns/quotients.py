"""Exact arithmetic as expressions: quotients of whole numbers whose denominators are known by name.

Nothing is rounded before the end. A denominator is a constant times columns, so that what is added shares them.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm


@dataclass(frozen=True, slots=True)
class Quotient:
    """An expression over a constant and over columns, none of them zero or less."""

    over: str
    constant: int = 1
    columns: tuple[str, ...] = ()

    @property
    def under(self) -> str:
        """Return the denominator as an expression."""
        return " * ".join((f"{self.constant}::HUGEINT", *self.columns))

    def at(self, constant: int, columns: tuple[str, ...]) -> str:
        """Return the numerator over a denominator that holds this one's."""
        missing = list(columns)
        for column in self.columns:
            missing.remove(column)
        factors = [str(constant // self.constant)] if constant != self.constant else []
        factors += missing
        return " * ".join((f"({self.over})", *factors)) if factors else f"({self.over})"

    def rounded(self) -> str:
        """Return the quotient, which is not below zero, rounded half up."""
        return f"((2 * ({self.over}) + {self.under}) // (2 * ({self.under})))::BIGINT"


def number(exact: Fraction | int) -> Quotient:
    """Return an exact number."""
    told = Fraction(exact)
    return Quotient(f"{told.numerator}::HUGEINT", told.denominator)


def times(left: Quotient, right: Quotient) -> Quotient:
    """Return two quotients multiplied."""
    columns = tuple(sorted((*left.columns, *right.columns)))
    return Quotient(f"({left.over}) * ({right.over})", left.constant * right.constant, columns)


def plus(*parts: Quotient) -> Quotient:
    """Return quotients added."""
    constant, columns = _common(parts)
    return Quotient(" + ".join(part.at(constant, columns) for part in parts), constant, columns)


def minus(left: Quotient, right: Quotient) -> Quotient:
    """Return the difference of two quotients."""
    constant, columns = _common((left, right))
    return Quotient(f"{left.at(constant, columns)} - {right.at(constant, columns)}", constant, columns)


def extreme(which: str, left: Quotient, right: Quotient) -> Quotient:
    """Return the `least` or the `greatest` of two quotients."""
    constant, columns = _common((left, right))
    return Quotient(f"{which}({left.at(constant, columns)}, {right.at(constant, columns)})", constant, columns)


def given(condition: str, part: Quotient) -> Quotient:
    """Return a quotient where a condition holds, else nothing."""
    return Quotient(f"CASE WHEN {condition} THEN {part.over} ELSE 0::HUGEINT END", part.constant, part.columns)


def _common(parts: tuple[Quotient, ...]) -> tuple[int, tuple[str, ...]]:
    """Return the smallest denominator that holds all of these."""
    names = sorted({column for part in parts for column in part.columns})
    columns = [name for name in names for _ in range(max(part.columns.count(name) for part in parts))]
    return lcm(*(part.constant for part in parts)), tuple(columns)
