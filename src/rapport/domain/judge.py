"""The one principle for every arrival: what each conversion of a story should earn, by everything known now.

The same facts give the same answer, in whatever order they arrived; the books get the difference.
"""

from rapport.domain.amounts import Left, in_conflict, left_of, possible_reports
from rapport.domain.attribution import Attribution, attribute
from rapport.domain.candidates import Earned, Question, around_credit
from rapport.domain.credit import Credit, HoldReason
from rapport.domain.days import hold_end_ms
from rapport.domain.judgement import Decision, Flag, Flagged, Judgement, Line, Outcome
from rapport.domain.pay import rate_order
from rapport.domain.promises import Promises
from rapport.domain.story import DecisionKind, ReportedConversion, Story, Touch

_BINDING = frozenset({Outcome.EARNED, Outcome.NO_RATE})
"""Answers after which the customer is bound and the click used up."""

_NO_PURCHASE = frozenset({Outcome.DECLINED, Outcome.TEST})
"""Answers after which the customer is as new as before."""


def judge(story: Story, promises: Promises) -> Judgement:
    """Judge every conversion of a story in the order of the story: by moment, then kind, then external id."""
    touches = sorted(story.touches, key=lambda touch: (touch.at_ms, touch.click_id))
    by_id = {touch.click_id: touch for touch in touches}
    told = sorted(story.bindings, key=lambda binding: (binding.from_ms, binding.binding_id))
    decisions: list[Decision] = []
    earlier: list[Earned] = []
    earlier_by_touch: dict[str, list[Earned]] = {}
    bought = frozenset[str]() if story.knows_customer else None
    for conversion in sorted(story.conversions, key=_place_in_story):
        question = Question(conversion, promises, earlier, earlier_by_touch, story.zone, story.currency, by_id, bought)
        attribution = attribute(question, touches, told)
        decision = _decide(question, attribution, story=story)
        decisions.append(decision)
        if bought is not None and decision.outcome not in _NO_PURCHASE:
            bought |= {conversion.kind}
        # What was declined or only a test binds nobody and uses no click up; what waits for a rate does.
        if decision.outcome in _BINDING and decision.credit:
            earned = Earned(conversion.id, conversion.kind, decision.credit, conversion.occurred_at_ms)
            earlier.append(earned)
            earlier_by_touch.setdefault(earned.credit.touch_id, []).append(earned)
    return Judgement(tuple(decisions))


def _place_in_story(conversion: ReportedConversion) -> tuple[int, str, str]:
    return (conversion.occurred_at_ms, conversion.kind, conversion.external_id)


def _decide(question: Question, attribution: Attribution, *, story: Story) -> Decision:
    conversion, promises = question.conversion, question.promises
    if attribution.credit is None:
        return _nobody_earns(conversion, attribution, _outcome(conversion, attribution))
    credit = attribution.credit
    terms = promises.terms[credit.terms_version_id]
    kept = conversion.last_decision(DecisionKind.PROPOSAL_REFUSED) is not None
    rating = rate_order(around_credit(credit, question), terms=terms, only=credit.rule if kept else "")
    outcome = _outcome(conversion, attribution, waits_for_rate=rating.waits_for_rate)
    # A test and a declined order are explained like any other, only the books get nothing.
    target_minor = rating.target_minor if outcome is Outcome.EARNED else 0
    return Decision(
        conversion_id=conversion.id,
        outcome=outcome,
        credit=credit,
        target_minor=target_minor,
        uncorrected_minor=rating.uncorrected_minor,
        amounts=rating.report,
        lines=rating.lines if outcome is Outcome.EARNED else (Line(credit.rule, 0),),
        formula=rating.formula,
        considered=attribution.considered,
        holds=_holds(conversion, credit, rivals=attribution.rivals, promises=promises, story=story),
        hold_until_ms=hold_end_ms(
            conversion.occurred_at_ms, hold_days=terms.hold.days_for(conversion.kind), zone=story.zone
        ),
        flags=_flags(rating.left, waits_for_facts=_waits_for_facts(credit, story.touches)),
        exchange=conversion.exchange,
        unpaid=rating.unpaid,
        measures=rating.measures,
    )


def _nobody_earns(conversion: ReportedConversion, attribution: Attribution, outcome: Outcome) -> Decision:
    """Answer with the reasons alone; doubts about the order's amounts stay visible."""
    amounts = possible_reports(conversion)[0]
    return Decision(
        conversion_id=conversion.id,
        outcome=outcome,
        credit=None,
        target_minor=0,
        uncorrected_minor=0,
        amounts=amounts,
        lines=(),
        formula=(),
        considered=attribution.considered,
        holds=(
            *((HoldReason.CONFLICT,) if in_conflict(conversion) else ()),
            *((HoldReason.OTHER_CURRENCY,) if _told_otherwise(conversion) else ()),
        ),
        hold_until_ms=None,
        flags=_flags(left_of(amounts, conversion.corrections, until_ms=None), waits_for_facts=False),
        exchange=conversion.exchange,
    )


def _outcome(conversion: ReportedConversion, attribution: Attribution, *, waits_for_rate: bool = False) -> Outcome:
    if conversion.test:
        return Outcome.TEST
    if conversion.decline in {DecisionKind.DECLINED, DecisionKind.DECLINE_UPHELD}:
        return Outcome.DECLINED
    return Outcome.NO_RATE if waits_for_rate else attribution.outcome


def _holds(
    conversion: ReportedConversion, credit: Credit, *, rivals: bool, promises: Promises, story: Story
) -> tuple[HoldReason, ...]:
    """Collect the doubts that no person has lifted; an open question cannot be lifted, only answered."""
    standing = promises.agreements[credit.agreement_id]
    doubts = {
        HoldReason.AGREEMENT_SUSPENDED: standing.suspended_at(conversion.occurred_at_ms),
        HoldReason.ENDED_FOR_BREACH: standing.ended_for_breach,
        HoldReason.SEVERAL_COUPONS: rivals,
        HoldReason.OTHER_CURRENCY: _told_otherwise(conversion),
        HoldReason.UNCONFIRMED: conversion.awaits_confirmation or _only_pages_name(credit, conversion, story),
    }
    lifted = _lifted(conversion) - {HoldReason.UNCONFIRMED}
    if conversion.is_answered_for(credit.touch_id):
        lifted |= {HoldReason.UNCONFIRMED}
    open_questions = {
        HoldReason.CONFLICT: in_conflict(conversion),
        HoldReason.DISPUTED: conversion.decline is DecisionKind.DECLINE_REPLIED,
        HoldReason.APPROVAL_UNDONE: conversion.approval_is_undone,
        HoldReason.TERMS_NOT_ACCEPTED: standing.waits_for_acceptance,
    }
    return (
        *(hold for hold, asked in open_questions.items() if asked),
        *(hold for hold, doubted in doubts.items() if doubted and hold not in lifted),
    )


def _only_pages_name(credit: Credit, conversion: ReportedConversion, story: Story) -> bool:
    """Say whether nothing but hearsay names what earns, on this order or on the one that bound its customer."""
    clicked = any(touch.click_id == credit.touch_id and touch.unconfirmed for touch in story.touches)
    orders = (one for one in story.conversions if one.id in {conversion.id, credit.bound_by})
    return clicked or any(use.code == credit.touch_id and use.unconfirmed for one in orders for use in one.coupons)


def _told_otherwise(conversion: ReportedConversion) -> bool:
    """Say whether something about the order was told in another currency, and nobody has looked at it."""
    return conversion.told_otherwise and HoldReason.OTHER_CURRENCY not in _lifted(conversion)


def _lifted(conversion: ReportedConversion) -> set[HoldReason | None]:
    return {decision.hold for decision in conversion.decisions if decision.kind is DecisionKind.HOLD_LIFTED}


def _flags(left: Left, *, waits_for_facts: bool) -> tuple[Flagged, ...]:
    flags = []
    if left.over_corrected:
        flags.append(Flagged(Flag.OVER_CORRECTED))
    if left.too_late:
        flags.append(Flagged(Flag.CORRECTED_TOO_LATE, left.too_late))
    if waits_for_facts:
        flags.append(Flagged(Flag.FACTS_NOT_JOINED))
    return tuple(flags)


def _waits_for_facts(credit: Credit, touches: tuple[Touch, ...]) -> bool:
    """Say whether the lake has not yet told what it knows about the click that earns."""
    return any(touch.click_id == credit.touch_id and touch.facts is None for touch in touches)
