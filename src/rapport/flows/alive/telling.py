"""Tell what became of tests: how far each came, what it would have earned, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from rapport.apps.conversions.models import ReceiptState
from rapport.apps.outages.models import Trial
from rapport.apps.partners.queries import agreements_of
from rapport.domain.judgement import Decision, Outcome
from rapport.domain.money import format_amount
from rapport.flows.alive.trials import WITHIN, Followed, followed
from rapport.flows.explaining.gathering import formula_rows
from rapport.flows.explaining.order import outcome_words
from rapport.flows.explaining.words import why_words


@dataclass(frozen=True, slots=True)
class ToldTrial:
    """A test as the page says it: `why` is the sentence behind what it would have earned."""

    followed: Followed
    why: str
    is_on_its_way: bool
    """Something of it is still to be seen, so that it is worth looking again."""


def told_trials(trials: QuerySet[Trial], *, most: int, at: datetime) -> list[ToldTrial]:
    """Return the newest tests with what they would have earned, and why."""
    return [ToldTrial(one, _why(one), _is_on_its_way(one, at=at)) for one in followed(trials, most=most)]


def _is_on_its_way(one: Followed, *, at: datetime) -> bool:
    trial = one.trial
    if not trial.problem and at - trial.sent_at <= WITHIN and (one.order is None or one.click is None):
        return True
    return trial.refund_ordered_at is not None and one.refund is None and at - trial.refund_ordered_at <= WITHIN


def _why(one: Followed) -> str:
    if one.trial.problem:
        return one.trial.problem
    if one.receipt is not None and one.receipt.state == ReceiptState.REFUSED:
        return " ".join(problem["sentence"] for problem in one.receipt.problems)
    if one.decision is None:
        return ""
    if one.decision.outcome is not Outcome.EARNED:
        considered = [why_words(each, zone=one.trial.program.zone) for each in one.decision.considered]
        return " ".join([outcome_words(one.decision.outcome), *considered])
    return _earned(one, one.decision)


def _earned(one: Followed, decision: Decision) -> str:
    """Say who would earn and by which sum: "Slow Mornings. Basis 100.00, × 12 %"."""
    program = one.trial.program
    agreement = decision.credit.agreement_id if decision.credit else ""
    names = {row.id: row.partner.name for row in agreements_of(program.id).filter(pk=agreement)}
    steps = [
        f"{row.label} {format_amount(row.amount)}" if row.amount else row.factor
        for row in formula_rows(decision, program.currency)
    ]
    return f"{names.get(agreement, '')}: {', '.join(steps)}"
