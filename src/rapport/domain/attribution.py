"""The decision which agreement earns from a conversion: every touch, binding and coupon is weighed and answered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from rapport.domain.candidates import (
    Candidate,
    Question,
    is_late,
    weigh_binding,
    weigh_click,
    weigh_coupon,
    weigh_rebill,
    weigh_told,
)
from rapport.domain.choosing import choose_touch, coupon_goes_first, looks_back, policy_of
from rapport.domain.credit import Credit
from rapport.domain.judgement import Considered, Outcome, Source, Why
from rapport.domain.story import DecisionKind, ReportedConversion, ToldBinding, Touch

T = TypeVar("T")

MOST_WEIGHED: Final = 50
"""How many clicks that an order does not name itself are weighed and explained."""

REBILL: Final = "rebill"
"""The kind of a repeated payment: it belongs to whoever brought the customer, whatever was clicked since."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who earns, if anybody, and everything that was considered; `rivals`: valid coupons of several agreements."""

    credit: Credit | None
    considered: tuple[Considered, ...]
    rivals: bool = False

    @property
    def outcome(self) -> Outcome:
        """Say how the question was answered, for a conversion that is neither a test nor declined."""
        if self.credit:
            return Outcome.EARNED
        if not self.considered:
            return Outcome.NO_TOUCH
        if all(one.why is Why.KIND_NOT_PAID for one in self.considered):
            return Outcome.KIND_NOT_PAID
        if any(one.why is Why.NO_RULE_MATCHES for one in self.considered):
            return Outcome.NO_RULE_MATCHES
        return Outcome.NO_ELIGIBLE_TOUCH


def attribute(question: Question, touches: Sequence[Touch], told: Iterable[ToldBinding] = ()) -> Attribution:
    """Weigh what may have brought the conversion; `touches` and `told` come in the order of their moments."""
    if question.conversion.kind == REBILL and question.earlier:
        chosen = _follow_first(touches, told, question)
    else:
        by_coupon = [earned for earned in question.earlier if earned.by_coupon]
        bindings = _latest(by_coupon, question, weigh=lambda earned: weigh_binding(earned, question))
        clicks = _clicks_of(touches, question) + _told_of(told, question) + bindings
        chosen = _choose(clicks, _coupons_of(question), question)
    return _kept_by_person(chosen, question.conversion)


def _clicks_of(touches: Sequence[Touch], question: Question) -> list[Candidate]:
    conversion = question.conversion
    # What the order itself names gets its answer in any case; of the others only clicks before the order matter.
    named = [touch for touch in touches if touch.click_id in conversion.click_ids]
    others = [touch for touch in touches if touch.refusal is None and not is_late(touch, conversion)]
    before = [touch for touch in others if touch.click_id not in conversion.click_ids]
    weighed = [weigh_click(touch, question) for touch in named]
    weighed += _latest(before, question, weigh=lambda touch: weigh_click(touch, question))
    place = {touch.click_id: number for number, touch in enumerate(touches)}
    return sorted(weighed, key=lambda one: place[one.ref])


def _latest(found: Sequence[T], question: Question, *, weigh: Callable[[T], Candidate]) -> list[Candidate]:
    """Weigh the latest fifty, and further back only until one could earn: only the last that could is asked for.

    An order after thousands of clicks costs no more than one after fifty, and its explanation stays readable. Where the
    policy may choose an older touch, all of them are weighed.
    """
    if looks_back(policy_of(question)):
        return [weigh(one) for one in found]
    weighed: list[Candidate] = []
    for one in reversed(found):
        if len(weighed) < MOST_WEIGHED:
            weighed.append(weigh(one))
            continue
        if any(candidate.credit for candidate in weighed):
            break
        weighed[-1] = weigh(one)
    return weighed[::-1]


def _told_of(told: Iterable[ToldBinding], question: Question) -> list[Candidate]:
    """Weigh what a file says of the time before the order; what begins later has nothing to do with it."""
    ordered_at_ms = question.conversion.occurred_at_ms
    return [weigh_told(one, question) for one in told if one.from_ms <= ordered_at_ms]


def _coupons_of(question: Question) -> list[Candidate]:
    return [weigh_coupon(use, question) for use in sorted(question.conversion.coupons, key=lambda use: use.code)]


def _follow_first(touches: Sequence[Touch], told: Iterable[ToldBinding], question: Question) -> Attribution:
    """Credit a rebill to the first conversion that earned, or to nobody when that promise has run out."""
    first = weigh_rebill(question.earlier[0], question)
    # What else was there is weighed as if it stood alone: a rebill is no repeat of anything.
    alone = replace(question, earlier=(), earlier_by_touch={})
    others = _clicks_of(touches, alone) + _told_of(told, alone) + _coupons_of(alone)
    passed_over = [other.considered(Why.REBILL_FOLLOWS_FIRST) for other in others]
    return Attribution(first.credit, (first.considered(Why.WON), *passed_over))


def _choose(clicks: Sequence[Candidate], coupons: Sequence[Candidate], question: Question) -> Attribution:
    """Let the eligible touch that the policy chooses (a binding is one) meet the valid coupon."""
    chosen, coupon = choose_touch(clicks, question), next((one for one in coupons if one.credit), None)
    click = chosen.winner
    winner = click or coupon
    if click and coupon:
        winner = coupon if coupon_goes_first(question) else click
    coupon_why = Why.OTHER_COUPON_WON if winner is coupon else Why.CLICK_GOES_FIRST
    considered = [_answered(one, winner, chosen.passed_over.get(place)) for place, one in enumerate(clicks)]
    considered += [one.considered(Why.WON if one is winner else coupon_why) for one in coupons]
    owners = {candidate.agreement_id for candidate in coupons if candidate.credit}
    return Attribution(
        credit=winner.credit if winner else None,
        considered=tuple(considered),
        rivals=winner is coupon and len(owners) > 1,
    )


def _answered(one: Candidate, winner: Candidate | None, passed_over: Why | None) -> Considered:
    """Say what became of a touch: a coupon goes before all of them, else the policy has passed it over."""
    if one is winner:
        return one.considered(Why.WON)
    by_coupon = winner is not None and winner.source is Source.COUPON
    return one.considered(Why.COUPON_GOES_FIRST if by_coupon else passed_over or Why.NEWER_TOUCH_WON)


def _kept_by_person(chosen: Attribution, conversion: ReportedConversion) -> Attribution:
    """Leave the credit where it was approved, when a person refused the proposal to change it."""
    decision = conversion.last_decision(DecisionKind.PROPOSAL_REFUSED)
    if decision is None:
        return chosen
    considered = chosen.considered
    if decision.credit != chosen.credit:
        considered = tuple(_set_aside(one) for one in considered)
    return Attribution(decision.credit, considered)


def _set_aside(one: Considered) -> Considered:
    return replace(one, why=Why.SET_ASIDE_BY_PERSON) if one.why is Why.WON else one
