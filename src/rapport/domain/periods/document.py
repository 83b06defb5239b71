"""The judgement of a period as a document that is stored beside its commission and read again years later."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from rapport.domain.periods.judging import PeriodJudgement
from rapport.domain.periods.slices import StepPaid
from rapport.domain.terms import Threshold, TierStep

VERSION: Final = 1


def to_document(judged: PeriodJudgement, *, source: str, kept_minor: int = 0) -> dict[str, Any]:
    """Return a judgement as plain values; `kept_minor` is what a person let stand beside it."""
    return {
        "version": VERSION,
        "source": source,
        "target_minor": judged.target_minor,
        "kept_minor": kept_minor,
        "number": judged.number,
        "value": str(judged.value),
        "steps": [_step_document(one) for one in judged.steps],
        "version_id": judged.version_id,
        "last_at_ms": judged.last_at_ms,
        "hold_until_ms": judged.hold_until_ms,
        "facts_joined": judged.facts_joined,
    }


def from_document(document: Mapping[str, Any]) -> PeriodJudgement:
    """Read a stored judgement."""
    return PeriodJudgement(
        target_minor=document["target_minor"],
        number=document["number"],
        value=Fraction(document["value"]),
        steps=tuple(_step(one) for one in document["steps"]),
        version_id=document["version_id"],
        last_at_ms=document["last_at_ms"],
        hold_until_ms=document["hold_until_ms"],
        facts_joined=document["facts_joined"],
    )


def _step_document(one: StepPaid) -> dict[str, Any]:
    return {
        "from": one.step.least.number,
        "is_amount": one.step.least.is_amount,
        "percent": None if one.step.percent is None else str(one.step.percent),
        "flat_minor": one.step.flat_minor,
        "number": one.number,
        "basis": str(one.basis),
        "pays": str(one.pays),
        "paid": str(one.paid),
    }


def _step(told: Mapping[str, Any]) -> StepPaid:
    percent = None if told["percent"] is None else Decimal(told["percent"])
    step = TierStep(Threshold(told["from"], told["is_amount"]), percent, told["flat_minor"])
    return StepPaid(step, told["number"], Fraction(told["basis"]), Fraction(told["pays"]), Fraction(told["paid"]))
