"""How far a running tier or bonus is, and what is missing to what comes next."""

from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.periods.judging import PeriodJudgement
from rapport.domain.terms import Bonus, By, Threshold, Tier, TierStep


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a promise stands: what is reached so far, and the next threshold with what is missing to it.

    `step` is the step that is reached, `next_step` the one to come; a bonus has neither. `done` when nothing is left
    to reach.
    """

    so_far: Fraction
    by: By
    step: TierStep | None
    next_step: TierStep | None
    goal: Threshold | None

    @property
    def done(self) -> bool:
        """Say whether there is nothing more to reach."""
        return self.goal is None

    @property
    def missing(self) -> Fraction:
        """Return what is missing to the next threshold."""
        return self.goal.number - self.so_far if self.goal else Fraction(0)

    @property
    def percent(self) -> int:
        """Return how much of the way to the next threshold is done, in whole percent, never 100 before it is."""
        return int(100 * self.so_far / self.goal.number) if self.goal else 100


def progress_of(judged: PeriodJudgement, promise: Tier | Bonus) -> Progress:
    """Tell how far a promise is by what was counted."""
    so_far = judged.value if promise.by is By.VALUE else Fraction(judged.number)
    if isinstance(promise, Bonus):
        reached = so_far >= promise.threshold.number
        return Progress(so_far, promise.by, None, None, None if reached else promise.threshold)
    reached_steps = [step for step in promise.steps if so_far >= step.least.number]
    to_come = next((step for step in promise.steps if so_far < step.least.number), None)
    return Progress(
        so_far, promise.by, reached_steps[-1] if reached_steps else None, to_come, to_come.least if to_come else None
    )
