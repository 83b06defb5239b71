"""From an order and the rules that match it to an amount: exact to the end, rounded once."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.amounts import Exact, Left, basis_of, left_of, possible_reports, share_left, uncorrected
from rapport.domain.basket import weights_of
from rapport.domain.days import DAY_MS
from rapport.domain.formula import Part, Working, part_steps, whole_steps
from rapport.domain.judgement import FormulaStep, Line, Measure, StepLabel, Unpaid
from rapport.domain.matching import Match, Unmatched, lines_of, match_rules, share_lines
from rapport.domain.money import allocate, round_half_up
from rapport.domain.order_facts import Around
from rapport.domain.story import AmountReport
from rapport.domain.terms import Flat, Percent, Terms
from rapport.domain.terms.compiled import CompiledRule
from rapport.domain.terms.tree import Among, Condition, Fact, worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one reported amount of an order pays by the rules that match, now and if nothing had been corrected."""

    report: AmountReport
    left: Left
    target_minor: int
    uncorrected_minor: int
    lines: tuple[Line, ...]
    formula: tuple[FormulaStep, ...]
    waits_for_rate: bool
    unpaid: tuple[Unpaid, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shared:
    """Which rules pay for which lines of an order, and which rules do not match."""

    matches: Sequence[Match]
    unpaid: tuple[Unpaid, ...] = ()


def rate_order(around: Around, *, terms: Terms, only: str = "") -> Rating:
    """Rate the order by the terms; while a conflict is open, by the reported amount that pays least.

    `only` names the one rule that pays, whatever it asks: where a person decided that a credit stays as it was.
    """
    order = around.conversion
    ratings = [_rate(report, around, terms, only) for report in possible_reports(order)]
    return min(ratings, key=lambda rating: (rating.target_minor, rating.report))


def _rate(report: AmountReport, around: Around, terms: Terms, only: str) -> Rating:
    shared = _shared(report, around, terms, only)
    whole = left = uncorrected(report)
    corrections = around.conversion.corrections
    before = after = [_part(match, whole, report, around, terms) for match in shared.matches]
    if corrections:
        until_ms = around.conversion.occurred_at_ms + terms.reversal.window_days * DAY_MS
        left = left_of(report, corrections, until_ms=until_ms)
        after = [_part(match, left, report, around, terms) for match in shared.matches]
    exact = _total(after)
    target_minor = round_half_up(exact)
    waits = around.factor is None and any(match.rule.asks_currency for match in shared.matches)
    working = Working(
        whole=whole, left=left, basis=terms.basis, exchange=around.conversion.exchange, factor=around.factor
    )
    return Rating(
        report=report,
        left=left,
        target_minor=target_minor,
        uncorrected_minor=round_half_up(_total(before)) if corrections else target_minor,
        lines=_lines(target_minor, after),
        formula=(*_steps(working, after), *([] if waits else _last_steps(exact, target_minor))),
        waits_for_rate=waits,
        unpaid=shared.unpaid,
        measures=tuple(_measured(part) for part in after) if terms.counts_periods else (),
    )


def _measured(part: Part) -> Measure:
    return Measure(part.rule.name, Fraction(part.basis), Fraction(part.share_left))


def _shared(report: AmountReport, around: Around, terms: Terms, only: str) -> _Shared:
    """Find who pays for what: by what was reported, so that a refund changes amounts and never the rule."""
    compiled, kind = terms.compiled, around.conversion.kind
    kept, alone = compiled.named(kind, only), compiled.takes_all(kind)
    if kept:
        return _Shared([Match(kept, lines_of(kept, around) or _every_line(around))])
    if alone:
        return _Shared([Match(alone, _every_line(around))])
    answers = list(match_rules(compiled.rules[kind], around, report, terms.basis))
    matches = [answer for answer in answers if isinstance(answer, Match)]
    whole = uncorrected(report)

    def pays(match: Match) -> Exact:
        return _part(match, whole, report, around, terms).exact

    return _Shared(
        share_lines(compiled.choice, matches, pays=pays),
        tuple(unpaid_of(answer) for answer in answers if isinstance(answer, Unmatched)),
    )


def _every_line(around: Around) -> frozenset[int]:
    return frozenset(range(len(around.conversion.items) or 1))


def _part(match: Match, left: Left, report: AmountReport, around: Around, terms: Terms) -> Part:
    """Work out what a rule pays for its lines, of what is left of the order."""
    items = around.conversion.items
    weight, pieces, cost = _measures(match, around)
    share = share_left(report, left)
    factor = around.factor
    basis = 0 if factor is None else basis_of(left, terms.basis) * weight * factor
    margin = None if cost is None or factor is None else basis - cost * share * factor
    facts: dict[Fact, Exact] = {
        Fact.BASIS: basis,
        Fact.MARGIN: margin or 0,
        Fact.PIECES: (pieces if items else 1) * share,
        Fact.SHARE_LEFT: share,
    }
    closed = factor is None and match.rule.asks_currency
    return Part(
        rule=terms.rule(match.rule.name),
        weight=weight,
        basis=basis,
        margin=margin,
        pieces=facts[Fact.PIECES],
        share_left=share,
        exact=0 if closed or not match.lines else worth(match.rule.pays, facts),
    )


def _measures(match: Match, around: Around) -> tuple[Exact, Exact, Exact | None]:
    """Return weight, pieces and cost of the lines of a match; without a basket it is the whole of one piece."""
    items = around.conversion.items
    if not items:
        return int(bool(match.lines)), int(bool(match.lines)), None
    mine = [items[place] for place in match.lines]
    costs = [item.cost_minor for item in mine if item.cost_minor is not None]
    cost = sum(costs) if len(costs) == len(mine) else None
    weight: Exact = 1
    if len(mine) < len(items):
        weights = weights_of(items)
        weight = sum(weights[place] for place in match.lines)
    return weight, sum(item.quantity for item in mine), cost


def _total(parts: Sequence[Part]) -> Fraction:
    return Fraction(sum(part.exact for part in parts))


def _lines(target_minor: int, parts: Sequence[Part]) -> tuple[Line, ...]:
    """Share the commission among its rules by what each pays exactly: the largest remainder takes what is left over."""
    if len(parts) == 1:
        return (Line(parts[0].rule.name, target_minor),)
    weights = [part.exact for part in parts]
    shares = allocate(target_minor, weights) if any(weights) else [0] * len(parts)
    return tuple(Line(part.rule.name, minor) for part, minor in zip(parts, shares, strict=True))


def _steps(working: Working, parts: Sequence[Part]) -> list[FormulaStep]:
    if len(parts) == 1 and parts[0].weight == 1 and _is_classic(parts[0]):
        return whole_steps(working, parts[0])
    return part_steps(working, parts)


def _is_classic(part: Part) -> bool:
    unbounded = part.rule.at_most_minor is None and part.rule.at_least_minor is None
    return unbounded and isinstance(part.rule.pay, Percent | Flat)


def _last_steps(exact: Fraction, target_minor: int) -> list[FormulaStep]:
    return [FormulaStep(StepLabel.EXACT, exact), FormulaStep(StepLabel.COMMISSION, target_minor)]


def unpaid_of(answer: Unmatched) -> Unpaid:
    """Return in plain words why a rule does not match."""
    told = answer.told
    words = sorted(told) if isinstance(told, frozenset) else [] if told is None else [str(told)]
    return Unpaid(answer.rule.name, answer.asks.fact.value, _wants(answer.asks), ", ".join(words))


def _wants(condition: Condition) -> tuple[str, ...]:
    if isinstance(condition, Among):
        return tuple(sorted(condition.words))
    bounds = {">=": condition.least, "<": condition.below}
    return tuple(f"{sign} {bound}" for sign, bound in bounds.items() if bound is not None)


def first_match(rules: Sequence[CompiledRule], around: Around, terms: Terms) -> CompiledRule | Unmatched:
    """Return the first rule that matches the order, else why the first does not; an open conflict: at its least."""
    report = possible_reports(around.conversion)[0]
    refusals = []
    for answer in match_rules(rules, around, report, terms.basis):
        if isinstance(answer, Match):
            return answer.rule
        refusals.append(answer)
    return refusals[0]
