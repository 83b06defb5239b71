"""A slow second way to what a period pays, for stories of few lines: unit by unit of what is counted, no formula."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from rapport.domain.periods import Counted
from rapport.domain.terms import Bonus, By, Tier, Way


def slow_tier(counted: Sequence[Counted], tier: Tier) -> int:
    """Ask of every boundary between two steps where each conversion lies, and add up what it gains."""
    ordered = sorted(counted, key=lambda one: (one.at_ms, one.kind, one.external_id))
    measures = [one.basis if tier.by is By.VALUE else Fraction(1) for one in ordered]
    gained = Fraction(0)
    for place, one in enumerate(ordered):
        for share, rate in _shares(measures, place, tier):
            gained += share * (one.basis * rate / 100 - one.paid_minor)
    return max(_rounded(gained), 0)


def _shares(measures: Sequence[Fraction], place: int, tier: Tier) -> list[tuple[Fraction, Fraction]]:
    """Return which shares of a conversion which rates pay."""
    whole = sum(measures, Fraction(0)) if tier.way is Way.WHOLE else sum(measures[: place + 1], Fraction(0))
    if tier.way is Way.WHOLE or tier.by is By.COUNT:
        reached = [step for step in tier.steps if step.least.number <= whole]
        return [(Fraction(1), Fraction(reached[-1].percent or 0))] if reached else []
    low, high = whole - measures[place], whole
    found = []
    for number, step in enumerate(tier.steps):
        following = tier.steps[number + 1 :]
        ends = Fraction(following[0].least.number) if following else high
        inside = max(min(high, ends) - max(low, Fraction(step.least.number)), Fraction(0))
        if inside:
            found.append((inside / measures[place], Fraction(step.percent or 0)))
    return found


def slow_bonus(counted: Sequence[Counted], bonus: Bonus) -> tuple[int, int]:
    """Try every beginning of the story until one reaches what is asked."""
    ordered = sorted(counted, key=lambda one: (one.at_ms, one.kind, one.external_id))
    for number in range(1, len(ordered) + 1):
        if sum((one.basis for one in ordered[:number]), Fraction(0)) >= bonus.threshold.number:
            return bonus.amount_minor, ordered[number - 1].at_ms
    return 0, 0


def _rounded(exact: Fraction) -> int:
    return int((Decimal(exact.numerator * 10**6) / Decimal(exact.denominator) / 10**6).quantize(0, ROUND_HALF_UP))
