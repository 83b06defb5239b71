"""Compute orders once more out of the columns, by the trees that the engine walks, to compare them with statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rapport.domain.amounts import Left, basis_of
from rapport.domain.matching import Match, share_lines
from rapport.domain.money import round_half_up
from rapport.domain.terms import Terms
from rapport.domain.terms.compiled import CompiledRule
from rapport.domain.terms.tree import Exact, Fact, Facts, Told, failing, worth
from rapport.flows.replaying.columns.conditions import DAY_OF_EPOCH
from rapport.flows.replaying.columns.facts import CONDITIONS
from rapport.flows.replaying.columns.schema import PER_PIECE
from rapport.flows.replaying.columns.statement import facts_asked

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
        stands = _quotient(self.row["stands_num"], self.row["stands_den"])
        cost = sum(line["cost"] or 0 for line in mine)
        known: dict[Fact, Exact] = {
            Fact.BASIS: basis * weight,
            Fact.MARGIN: basis * weight - cost * stands * self._factor,
            Fact.PIECES: pieces * stands,
            Fact.SHARE_LEFT: stands,
        }
        return worth(match.rule.pays, known)

    def _basis(self, terms: Terms) -> Exact:
        total, tax, shipping, discount = (
            _quotient(self.row[name], self.row["left_den"])
            for name in ("left_total", "left_tax", "left_shipping", "left_discount")
        )
        left = Left(total=int(total), tax=tax, shipping=shipping, discount=discount)
        return basis_of(left, terms.basis) * self._factor

    @property
    def _factor(self) -> Exact:
        return _quotient(self.row["factor_num"], self.row["factor_den"])

    def _order_facts(self, terms: Terms) -> Facts:
        told: dict[Fact, Told] = {fact: self._known(fact, terms) for fact in facts_asked(terms)}
        return told

    def _known(self, fact: Fact, terms: Terms) -> Told:
        row = self.row
        if fact is Fact.AMOUNT:
            reported = Left(total=row["total"], tax=row["tax"], shipping=row["shipping"], discount=row["discount"])
            return basis_of(reported, terms.basis) * self._factor
        if fact is Fact.DAY:
            return int(row["day"]) + DAY_OF_EPOCH
        cell: Told = row.get(CONDITIONS.get(fact, ""))
        if fact is Fact.COUPON_CODE:
            return frozenset(filter(None, str(cell or "").split("|")))
        return Fraction(cell, PER_PIECE) if fact is Fact.QUANTITY and isinstance(cell, int) else cell

    def _line_facts(self, line: Row) -> Facts:
        return {
            Fact.PRODUCT: line["product_key"],
            Fact.CATEGORY: line["category"],
            Fact.BRAND: line["brand"],
            Fact.PRICE: line["price"] * self._factor,
            Fact.COST: None if line["cost"] is None else "told",
        }


def _quotient(over: int, under: int) -> Exact:
    """Return a quotient; whole ones stay plain integers, which are faster."""
    return over if under == 1 else Fraction(over, under)


def _taken(rule: CompiledRule, lines: Sequence[Facts]) -> frozenset[int]:
    return frozenset(place for place, line in enumerate(lines) if failing(rule.line, line) is None)
