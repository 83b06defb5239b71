"""What a period pays beside its conversions: a pure function of all that counts, in whatever order it arrived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.money import round_half_up
from rapport.domain.periods.counting import Counted
from rapport.domain.periods.slices import StepPaid, slices, steps_paid
from rapport.domain.terms import Bonus, By, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodJudgement:
    """What one promise pays for one period, and out of what.

    `version_id` is the version of the last conversion that it pays for, `last_at_ms` when that happened. `number` and
    `value` are what is counted, for a bonus up to where it was reached.
    """

    target_minor: int
    number: int
    value: Fraction
    steps: tuple[StepPaid, ...] = ()
    version_id: str = ""
    last_at_ms: int = 0
    hold_until_ms: int = 0
    facts_joined: bool = True


def judge_period(counted: Iterable[Counted], promises: Mapping[str, Tier | Bonus]) -> PeriodJudgement:
    """Judge one tier or bonus over one period.

    `promises` holds the tier or bonus of each version that a conversion is pinned to: all conversions are counted
    together, and each is paid as its own version promised.
    """
    ordered = sorted((one for one in counted if one.version_id in promises), key=lambda one: one.place)
    tiers = {version: promise for version, promise in promises.items() if isinstance(promise, Tier)}
    if tiers:
        return _judge_tier(ordered, tiers)
    bonuses = {version: promise for version, promise in promises.items() if isinstance(promise, Bonus)}
    return _judge_bonus(ordered, bonuses)


def _judge_tier(ordered: Sequence[Counted], tiers: Mapping[str, Tier]) -> PeriodJudgement:
    parts = list(slices(ordered, tiers))
    gained = sum((part.pays - part.paid for part in parts), Fraction(0))
    target_minor = max(round_half_up(gained), 0)
    return _judgement(ordered, [part.counted for part in parts], target_minor, steps_paid(parts))


def _judge_bonus(ordered: Sequence[Counted], bonuses: Mapping[str, Bonus]) -> PeriodJudgement:
    """Pay once, by the version of the conversion that reaches it."""
    so_far = dict.fromkeys(By, Fraction(0))
    for place, one in enumerate(ordered, start=1):
        for by in By:
            so_far[by] += one.measure(by)
        bonus = bonuses[one.version_id]
        if so_far[bonus.by] >= bonus.threshold.number:
            return _judgement(ordered[:place], ordered[:place], bonus.amount_minor, ())
    return _judgement(ordered, (), 0, ())


def _judgement(
    counted: Sequence[Counted], paid: Sequence[Counted], target_minor: int, steps: tuple[StepPaid, ...]
) -> PeriodJudgement:
    last = paid[-1] if paid else None
    return PeriodJudgement(
        target_minor=target_minor,
        number=len(counted),
        value=sum((one.basis for one in counted), Fraction(0)),
        steps=steps,
        version_id=last.version_id if last else "",
        last_at_ms=last.at_ms if last else 0,
        hold_until_ms=max((one.hold_until_ms for one in paid), default=0),
        facts_joined=all(one.facts_joined for one in paid),
    )
