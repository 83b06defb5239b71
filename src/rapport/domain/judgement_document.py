"""A decision as a document that is stored beside the commission and read again by the explain page, years later."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any, Final

from rapport.domain.credit import Credit, HoldReason, Via
from rapport.domain.exchange import Exchange, Rate
from rapport.domain.judgement import (
    Considered,
    Decision,
    Flag,
    Flagged,
    FormulaStep,
    Line,
    Outcome,
    Source,
    StepLabel,
    Unpaid,
    Why,
)
from rapport.domain.story import AmountReport

VERSION: Final = 1
"""The form of the document; a later form keeps reading this one."""


class UnknownForm(ValueError):
    """A stored decision has a form that this release does not read."""


def to_document(decision: Decision) -> dict[str, Any]:
    """Return the decision as plain values that JSON holds; fractions are texts such as "10291/4"."""
    told: dict[str, Any] = {
        "version": VERSION,
        "conversion_id": decision.conversion_id,
        "outcome": decision.outcome.value,
        "credit": None if decision.credit is None else credit_to_document(decision.credit),
        "target_minor": decision.target_minor,
        "uncorrected_minor": decision.uncorrected_minor,
        "amounts": _amounts_document(decision.amounts),
        "lines": [{"rule": line.rule, "target_minor": line.target_minor} for line in decision.lines],
        "formula": [_step_document(step) for step in decision.formula],
        "considered": [_considered_document(one) for one in decision.considered],
        "holds": [hold.value for hold in decision.holds],
        "hold_until_ms": decision.hold_until_ms,
        "flags": [{"flag": one.flag.value, "about": list(one.about)} for one in decision.flags],
    }
    # Said only where there is something to say, so that what was stored before reads and compares as it did.
    if decision.exchange:
        told["exchange"] = _exchange_document(decision.exchange)
    if decision.unpaid:
        told["unpaid"] = [asdict(one) | {"wants": list(one.wants)} for one in decision.unpaid]
    return told


def from_document(document: Mapping[str, Any]) -> Decision:
    """Read a stored decision; raise `UnknownForm` when a later release wrote it."""
    if document.get("version") != VERSION:
        raise UnknownForm(document.get("version"))
    return Decision(
        conversion_id=document["conversion_id"],
        outcome=Outcome(document["outcome"]),
        credit=None if document["credit"] is None else credit_from_document(document["credit"]),
        target_minor=document["target_minor"],
        uncorrected_minor=document["uncorrected_minor"],
        amounts=AmountReport(**document["amounts"]),
        lines=tuple(Line(**line) for line in document["lines"]),
        formula=tuple(_step(step) for step in document["formula"]),
        considered=tuple(_considered(one) for one in document["considered"]),
        holds=tuple(HoldReason(hold) for hold in document["holds"]),
        hold_until_ms=document["hold_until_ms"],
        flags=tuple(Flagged(Flag(one["flag"]), tuple(one["about"])) for one in document["flags"]),
        exchange=_exchange(document["exchange"]) if "exchange" in document else None,
        unpaid=tuple(Unpaid(**{**one, "wants": tuple(one["wants"])}) for one in document.get("unpaid", ())),
    )


def credit_to_document(credit: Credit) -> dict[str, Any]:
    """Return a credit as plain values; a refused proposal stores the credit that stays in this form."""
    return {
        "agreement_id": credit.agreement_id,
        "via": credit.via.value,
        "touch_id": credit.touch_id,
        "bound_by": credit.bound_by,
        "counts_from_ms": credit.counts_from_ms,
        "terms_version_id": credit.terms_version_id,
        "rule": credit.rule,
    }


def credit_from_document(document: Mapping[str, Any]) -> Credit:
    """Read a stored credit."""
    return Credit(**{**document, "via": Via(document["via"])})


def _step_document(step: FormulaStep) -> dict[str, str]:
    told = {"label": step.label.value, "amount": str(step.amount)}
    return {**told, "rule": step.rule} if step.rule else told


def _step(document: Mapping[str, str]) -> FormulaStep:
    return FormulaStep(StepLabel(document["label"]), Fraction(document["amount"]), document.get("rule", ""))


def _exchange_document(exchange: Exchange) -> dict[str, Any]:
    rate = exchange.rate
    told = None if rate is None else {"text": rate.text, "day": rate.day.isoformat(), "source": rate.source}
    return {"currency": exchange.currency, "rate": told}


def _exchange(document: Mapping[str, Any]) -> Exchange:
    told = document["rate"]
    rate = None if told is None else Rate(told["text"], date.fromisoformat(told["day"]), told["source"])
    return Exchange(document["currency"], rate)


def _amounts_document(amounts: AmountReport) -> dict[str, int]:
    return {
        "revision": amounts.revision,
        "total_minor": amounts.total_minor,
        "tax_minor": amounts.tax_minor,
        "shipping_minor": amounts.shipping_minor,
        "discount_minor": amounts.discount_minor,
    }


def _considered_document(one: Considered) -> dict[str, Any]:
    return {
        "source": one.source.value,
        "ref": one.ref,
        "agreement_id": one.agreement_id,
        "why": one.why.value,
        "data": dict(one.data),
    }


def _considered(document: Mapping[str, Any]) -> Considered:
    return Considered(
        Source(document["source"]), document["ref"], document["agreement_id"], Why(document["why"]), document["data"]
    )
