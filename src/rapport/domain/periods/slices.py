"""What the steps of a tier pay for each conversion of a period, exact: by its place, or by what all come to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from rapport.domain.periods.counting import Counted
from rapport.domain.terms import By, Tier, TierStep, Way


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of one conversion that a step pays, and what the rule paid for the same part."""

    counted: Counted
    step: TierStep
    share: Fraction

    @property
    def basis(self) -> Fraction:
        """Return its basis."""
        return self.counted.basis * self.share

    @property
    def pays(self) -> Fraction:
        """Return what the step pays for it."""
        if self.step.percent is not None:
            return self.basis * Fraction(self.step.percent) / 100
        return (self.step.flat_minor or 0) * self.counted.share_left * self.share

    @property
    def paid(self) -> Fraction:
        """Return what the rule paid for it."""
        return self.counted.paid_minor * self.share


@dataclass(frozen=True, slots=True)
class StepPaid:
    """What one step came to: how many conversions it pays, for which basis, and what the rule paid for the same."""

    step: TierStep
    number: int
    basis: Fraction
    pays: Fraction
    paid: Fraction


def slices(counted: Sequence[Counted], tiers: Mapping[str, Tier]) -> Iterator[Slice]:
    """Yield the parts of conversions that steps pay; each conversion by the tier of its own version of terms."""
    total = _totals(counted)
    before = dict.fromkeys(By, Fraction(0))
    for one in counted:
        tier = tiers[one.version_id]
        if tier.way is Way.WHOLE:
            step = _reached(tier, total[tier.by])
            if step:
                yield Slice(one, step, Fraction(1))
        elif tier.by is By.COUNT:
            step = _reached(tier, before[By.COUNT] + 1)
            if step:
                yield Slice(one, step, Fraction(1))
        else:
            yield from _brackets(one, tier, before[By.VALUE])
        for by in By:
            before[by] += one.measure(by)


def steps_paid(parts: Sequence[Slice]) -> tuple[StepPaid, ...]:
    """Add up what each step pays, the lowest first."""
    by_step: dict[TierStep, list[Slice]] = {}
    for part in parts:
        by_step.setdefault(part.step, []).append(part)
    ordered = sorted(
        by_step.items(), key=lambda one: (one[0].least.number, one[0].percent or 0, one[0].flat_minor or 0)
    )
    return tuple(_paid(step, some) for step, some in ordered)


def _paid(step: TierStep, some: Sequence[Slice]) -> StepPaid:
    basis, pays, paid = (sum((getattr(one, name) for one in some), Fraction(0)) for name in ("basis", "pays", "paid"))
    return StepPaid(step, len(some), basis, pays, paid)


def _totals(counted: Sequence[Counted]) -> dict[By, Fraction]:
    return {by: sum((one.measure(by) for one in counted), Fraction(0)) for by in By}


def _reached(tier: Tier, measure: Fraction) -> TierStep | None:
    return next((step for step in reversed(tier.steps) if measure >= step.least.number), None)


def _brackets(one: Counted, tier: Tier, before: Fraction) -> Iterator[Slice]:
    """Cut one conversion where a step begins inside it; what lies below the first step the rule alone pays."""
    if one.basis <= 0:
        return
    starts = [Fraction(step.least.number) for step in tier.steps]
    after = before + one.basis
    for step, (low, high) in zip(tier.steps, pairwise([*starts, max(after, starts[-1])]), strict=True):
        inside = min(after, high) - max(before, low)
        if inside > 0:
            yield Slice(one, step, inside / one.basis)
