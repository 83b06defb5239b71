"""Terms as one statement over columns: the compiled rules walked once more, exact to the end, rounded once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rapport.domain.days import DAY_MS
from rapport.domain.terms import Basis, Choice, Terms
from rapport.domain.terms.compiled import CompiledRule
from rapport.domain.terms.tree import Amount, Fact, Known, Least, Number, Product
from rapport.flows.replaying.columns.conditions import Unsaid, all_hold, basis_over, text
from rapport.flows.replaying.columns.quotients import (
    Quotient,
    extreme,
    given,
    minus,
    number,
    plus,
    times,
)
from rapport.flows.replaying.columns.schema import PER_PIECE


@dataclass(frozen=True, slots=True)
class _Asked:
    """One rule of a kind: its number among all rules, what makes it pay, and what it pays for."""

    number: int
    kind: str
    rule: CompiledRule
    order: str
    line: str

    @property
    def asks_lines(self) -> bool:
        """Say whether it chooses among the lines of a basket."""
        return bool(self.rule.line)


@dataclass(frozen=True, slots=True)
class Said:
    """Terms that can be said: their rules by kind, and whether any of them looks at lines."""

    terms: Terms
    kinds: Mapping[str, tuple[_Asked, ...]]

    def statement(self, where: str, *, wide: bool = True) -> str:
        """Return what selects orders of table `f` where a condition holds, with `minor`, `basis_now` and `now_day`.

        Not `wide` counts in 63 bits instead of 127.
        """
        basis = Quotient(f"{basis_over(self.terms.basis, 'left_')} * factor_num", 1, ("factor_den", "left_den"))
        said = (
            f"WITH p AS (SELECT * FROM f WHERE {where}), {self._lines()}"  # noqa: S608 - expressions of ours
            f" SELECT f_.*, {self._by_kind(self._minors())} AS minor, {basis.rounded()} AS basis_now,"
            f" day + 1 + {self._by_kind(self._holds())} AS now_day FROM q f_"
        )
        return said if wide else said.replace("::HUGEINT", "::BIGINT")

    def _lines(self) -> str:
        """Return the relation `q`: each order with what each rule takes of its basket."""
        looking = [one for rules in self.kinds.values() if _look(rules) for one in rules]
        if not looking:
            return "q AS (SELECT *, 1::BIGINT AS weights FROM p)"
        takes = ", ".join(f"{self._takes(one)} AS t{one.number}" for one in looking)
        sums = ", ".join(_sums(one.number) for one in looking)
        cells = ", ".join(self._cells(one) for one in looking)
        return (
            f"l AS (SELECT no, s.weight, s.weights, s.pieces, s.cost, {takes} FROM p JOIN s USING (no)), "  # noqa: S608 - as above
            f"a AS (SELECT no, max(weights) AS weights, {sums} FROM l GROUP BY no), "
            f"q AS (SELECT p.*, coalesce(a.weights, 1) AS weights, {cells} FROM p LEFT JOIN a USING (no))"
        )

    def _takes(self, one: _Asked) -> str:
        """Return whether a rule takes a line: it matches, and no rule before it took the line where the first pays."""
        mine = f"kind = {text(one.kind)} AND {one.order} AND {one.line}"
        before = self._before(one)
        taken = " OR ".join(f"({other.order} AND {other.line})" for other in before)
        return f"({mine} AND NOT ({taken}))" if taken else f"({mine})"

    def _cells(self, one: _Asked) -> str:
        """Return what a rule takes of an order; one without a basket is a single line of which nothing is known."""
        n = one.number
        whole = (
            "false" if one.asks_lines else self._whole(one, [rule for rule in self._before(one) if not rule.asks_lines])
        )
        bare = f"(lines = 0 AND kind = {text(one.kind)} AND {whole})"
        return (
            f"({bare} OR coalesce(n{n}, 0) > 0) AS m{n},"
            f" if(lines = 0, 1, coalesce(w{n}, 0))::HUGEINT AS w{n},"
            f" if(lines = 0, {PER_PIECE}, coalesce(c{n}, 0))::HUGEINT AS c{n}, coalesce(k{n}, 0)::HUGEINT AS k{n}"
        )

    def _before(self, one: _Asked) -> list[_Asked]:
        """Return the rules that take lines away before this one; none where all that match pay."""
        if self.terms.choice is Choice.ALL:
            return []
        return [other for other in self.kinds[one.kind] if other.number < one.number]

    def _whole(self, one: _Asked, before: list[_Asked]) -> str:
        return " AND ".join((f"({one.order})", *(f"NOT ({other.order})" for other in before)))

    def _minors(self) -> dict[str, str]:
        return {kind: plus(*self._parts(rules)).rounded() for kind, rules in self.kinds.items()}

    def _parts(self, rules: tuple[_Asked, ...]) -> Iterator[Quotient]:
        looks = _look(rules)
        for one in rules:
            pays = _worth(one.rule.pays, _facts(one, self.terms.basis, looks=looks))
            matched = f"m{one.number}" if looks else self._whole(one, self._before(one))
            yield pays if matched == "(true)" else given(matched, pays)

    def _holds(self) -> dict[str, str]:
        return {kind: str(self.terms.hold.days_for(kind)) for kind in self.kinds}

    @staticmethod
    def _by_kind(told: Mapping[str, str]) -> str:
        cases = " ".join(f"WHEN {text(kind)} THEN {expression}" for kind, expression in told.items())
        return f"(CASE kind {cases} ELSE 0 END)"


def say(terms: Terms) -> Said:
    """Return terms as statements; raises `Unsaid` for what cannot be said."""
    asked: dict[str, tuple[_Asked, ...]] = {}
    place = 0
    for kind, rules in terms.compiled.rules.items():
        if terms.choice is Choice.BEST and len(rules) > 1:
            raise Unsaid("best")
        for rule in rules:
            open_ = "true" if rule.recurs else "NOT window_over"
            order = " AND ".join((open_, all_hold(rule.order, terms.basis)))
            alone = rule.is_plain and len(rules) == 1
            said = "true" if alone else order
            one = _Asked(place, kind, rule, said, all_hold(rule.line, terms.basis))
            asked[kind] = (*asked.get(kind, ()), one)
            place += 1
    return Said(terms, asked)


IDLE: Final = frozenset(Fact) - {Fact.QUANTITY}
"""Facts that only conditions ask: their columns stay behind where none does."""


def facts_asked(terms: Terms) -> set[Fact]:
    """Return the facts that conditions of these terms ask."""
    rules = [rule for rules in terms.compiled.rules.values() for rule in rules]
    return {condition.fact for rule in rules for condition in (*rule.order, *rule.line)}


def window_matters(terms: Terms, windows: Mapping[str, int]) -> str:
    """Return the condition under which these terms count another correction than an order's own version does."""
    days = terms.reversal.window_days
    cases = [
        f"version = {text(version_id)} AND NOT (last_ms <= {min(other, days) * DAY_MS}"
        f" OR first_ms > {max(other, days) * DAY_MS})"
        for version_id, other in windows.items()
        if other != days
    ]
    return f"coalesce(first_ms IS NOT NULL AND ({' OR '.join(cases)}), false)" if cases else "false"


def _look(rules: tuple[_Asked, ...]) -> bool:
    return any(one.asks_lines for one in rules)


def _sums(n: int) -> str:
    taken = f"FILTER (WHERE t{n})"
    return (
        f"count(*) {taken} AS n{n}, (sum(weight) {taken})::HUGEINT AS w{n},"
        f" (sum(pieces) {taken})::HUGEINT AS c{n}, (sum(cost) {taken})::HUGEINT AS k{n}"
    )


def _facts(one: _Asked, basis: Basis, *, looks: bool) -> Mapping[Fact, Quotient]:
    """Return the numbers that amounts are made of, of the lines that a rule takes."""
    n = one.number
    left = f"{basis_over(basis, 'left_')} * factor_num"
    stands = Quotient("stands_num::HUGEINT", 1, ("stands_den",))
    pieces = f"c{n}::HUGEINT" if looks else f"(CASE WHEN lines = 0 THEN {PER_PIECE} ELSE quantity END)::HUGEINT"
    paid_on = Quotient(left, 1, ("factor_den", "left_den"))
    if looks:
        paid_on = Quotient(f"{left} * w{n}", 1, ("factor_den", "left_den", "weights"))
    cost = Quotient(f"k{n}::HUGEINT * stands_num * factor_num" if looks else "0", 1, ("factor_den", "stands_den"))
    return {
        Fact.BASIS: paid_on,
        Fact.SHARE_LEFT: stands,
        Fact.PIECES: times(Quotient(pieces, PER_PIECE), stands),
        Fact.MARGIN: minus(paid_on, cost),
    }


def _worth(amount: Amount, facts: Mapping[Fact, Quotient]) -> Quotient:
    if isinstance(amount, Number):
        return number(amount.value)
    if isinstance(amount, Known):
        if amount.fact not in facts:
            raise Unsaid(amount.fact.value)
        return facts[amount.fact]
    left, right = _worth(amount.left, facts), _worth(amount.right, facts)
    if isinstance(amount, Product):
        return times(left, right)
    return extreme("least" if isinstance(amount, Least) else "greatest", left, right)
