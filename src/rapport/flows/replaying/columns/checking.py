"""Compute orders once more out of the columns, by the trees that the engine walks, to compare them with statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from rapport.domain.amounts import Left, basis_of
from rapport.domain.matching import Match, share_lines
from rapport.domain.money import round_half_up
from rapport.domain.terms import Terms
from rapport.domain.terms.compiled import CompiledRule
from rapport.domain.terms.tree import Exact, Fact, Facts, Told, failing, worth
from rapport.flows.replaying.columns.conditions import DAY_OF_EPOCH
from rapport.flows.replaying.columns.schema import PER_PIECE

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """One order out of the columns, with the lines of its basket."""

    row: Row
    lines: Sequence[Row]

    def pays(self, terms: Terms) -> tuple[int, int, int]:
        """Return commission, basis and the day on which the hold ends, by these terms."""
        kind, basis = self.row["kind"], self._basis(terms)
        hold_day = self.row["day"] + 1 + terms.hold.days_for(kind)
        if not terms.pays(kind):
            return 0, round_half_up(Fraction(basis)), self.row["day"] + 1
        parts = [self._worth(match, basis) for match in self._matches(terms)]
        return round_half_up(Fraction(sum(parts))), round_half_up(Fraction(basis)), hold_day

    def _matches(self, terms: Terms) -> list[Match]:
        order, lines = self._order_facts(terms), [self._line_facts(line) for line in self.lines] or [{}]
        rules = [rule for rule in terms.compiled.rules[self.row["kind"]] if rule.recurs or not self.row["window_over"]]
        alone = terms.compiled.takes_all(self.row["kind"])
        if alone:
            return [Match(alone, frozenset(range(len(lines))))]
        found = [Match(rule, _taken(rule, lines)) for rule in rules if failing(rule.order, order) is None]
        return share_lines(terms.compiled.choice, [one for one in found if one.lines], pays=lambda _match: 0)

    def _worth(self, match: Match, basis: Exact) -> Exact:
        mine = [self.lines[place] for place in sorted(match.lines)] if self.lines else []
        weight = Fraction(sum(line["weight"] for line in mine), mine[0]["weights"]) if mine else 1
        pieces = Fraction(sum(line["pieces"] for line in mine), PER_PIECE) if mine else 1
        stands = Fraction(self.row["stands_num"], self.row["stands_den"])
        cost = sum(line["cost"] or 0 for line in mine)
        known: dict[Fact, Exact] = {
            Fact.BASIS: basis * weight,
            Fact.MARGIN: basis * weight - cost * stands * self._factor,
            Fact.PIECES: pieces * stands,
            Fact.SHARE_LEFT: stands,
        }
        return worth(match.rule.pays, known)

    def _basis(self, terms: Terms) -> Exact:
        den = self.row["left_den"]
        names = ("left_total", "left_tax", "left_shipping", "left_discount")
        total, tax, shipping, discount = (Fraction(self.row[name], den) for name in names)
        left = Left(total=int(total), tax=tax, shipping=shipping, discount=discount)
        return basis_of(left, terms.basis) * self._factor

    @property
    def _factor(self) -> Fraction:
        return Fraction(self.row["factor_num"], self.row["factor_den"])

    def _order_facts(self, terms: Terms) -> Facts:
        row = self.row
        reported = Left(total=row["total"], tax=row["tax"], shipping=row["shipping"], discount=row["discount"])
        quantity = row["quantity"]
        told: dict[Fact, Told] = {fact: row[fact.value] for fact in _SAME}
        return told | {
            Fact.COUPON_CODE: frozenset(filter(None, (row["codes"] or "").split("|"))),
            Fact.DAY: row["day"] + DAY_OF_EPOCH,
            Fact.AMOUNT: basis_of(reported, terms.basis) * self._factor,
            Fact.QUANTITY: None if quantity is None else Fraction(quantity, PER_PIECE),
            Fact.MONTHS_SINCE_FIRST: row["months"],
            Fact.TIMES_BEFORE: row["times"],
        }

    def _line_facts(self, line: Row) -> Facts:
        return {
            Fact.PRODUCT: line["product_key"],
            Fact.CATEGORY: line["category"],
            Fact.BRAND: line["brand"],
            Fact.PRICE: line["price"] * self._factor,
            Fact.COST: None if line["cost"] is None else "told",
        }


_SAME: Final = (
    *(Fact.CUSTOMER, Fact.COUNTRY, Fact.DEVICE, Fact.COUPON, Fact.SEGMENT, Fact.PLACEMENT),
    *(Fact.CHANNEL, Fact.WEEKDAY, Fact.HOUR),
)
"""Facts that stand in a column of their own name."""


def _taken(rule: CompiledRule, lines: Sequence[Facts]) -> frozenset[int]:
    return frozenset(place for place, line in enumerate(lines) if failing(rule.line, line) is None)
