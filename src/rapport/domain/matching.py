"""Which rules match an order, why others do not, and how those that match share its lines."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapport.domain.amounts import Exact
from rapport.domain.order_facts import Around, line_facts, order_facts
from rapport.domain.story import AmountReport
from rapport.domain.terms import Basis, Choice
from rapport.domain.terms.compiled import CompiledRule
from rapport.domain.terms.tree import Condition, Facts, Told, failing


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that pays these lines of the order, by their places; an order without a basket has one line."""

    rule: CompiledRule
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A rule that does not match: the first condition that does not hold, and what was known about it."""

    rule: CompiledRule
    asks: Condition
    told: Told


def match_rules(
    rules: Iterable[CompiledRule], around: Around, report: AmountReport, basis: Basis
) -> Iterator[Match | Unmatched]:
    """Ask every rule of the order's kind, in their order, leaving out those whose window is over."""
    order, lines = order_facts(around, report, basis), line_facts(around)
    for rule in rules:
        if not around.window_over or rule.recurs:
            yield _asked(rule, order, lines)


def lines_of(rule: CompiledRule, around: Around) -> frozenset[int]:
    """Return the lines that a rule would pay, whatever it asks of the order."""
    answers = [failing(rule.line, line) for line in line_facts(around)]
    return frozenset(place for place, answer in enumerate(answers) if answer is None)


def share_lines(choice: Choice, matches: Sequence[Match], *, pays: Callable[[Match], Exact]) -> list[Match]:
    """Return what each rule pays for: its lines that no rule before it has taken.

    All that match pay for all their lines. The best is the one that pays most for the lines that are left, then the
    best for the rest; of equal ones the first.
    """
    if choice is Choice.ALL:
        return list(matches)
    shared: list[Match] = []
    waiting = list(matches)
    taken: frozenset[int] = frozenset()
    while waiting:
        left = [Match(match.rule, match.lines - taken) for match in waiting]
        place = max(range(len(left)), key=lambda index: pays(left[index])) if choice is Choice.BEST else 0
        chosen = left[place]
        del waiting[place]
        if chosen.lines:
            shared.append(chosen)
            taken |= chosen.lines
    return shared


def _asked(rule: CompiledRule, order: Facts, lines: Sequence[Facts]) -> Match | Unmatched:
    failed = failing(rule.order, order)
    if failed:
        return Unmatched(rule, failed, order.get(failed.fact))
    answers = [failing(rule.line, line) for line in lines]
    matching = frozenset(place for place, answer in enumerate(answers) if answer is None)
    if matching:
        return Match(rule, matching)
    return next(
        Unmatched(rule, answer, line.get(answer.fact)) for answer, line in zip(answers, lines, strict=True) if answer
    )
