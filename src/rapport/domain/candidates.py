"""What one click, one binding or one coupon could earn from a conversion: a credit by its own promise, or why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rapport.domain.credit import Credit, Via
from rapport.domain.days import DAY_MS
from rapport.domain.judgement import Considered, Source, Why
from rapport.domain.order_facts import Around
from rapport.domain.pay import first_match, unpaid_of
from rapport.domain.promises import Promises
from rapport.domain.story import CouponUse, ReportedConversion, ToldBinding, Touch, TouchMark
from rapport.domain.terms import Terms
from rapport.domain.terms.compiled import CompiledRule

LATE_CLICK_MS: Final = 300_000
"""How long after the order a click still counts: clocks of shops and of the edge may differ by five minutes."""

_SALE: Final = "sale"


@dataclass(frozen=True, slots=True)
class Earned:
    """A conversion of the story that earned, and for whom."""

    conversion_id: str
    kind: str
    credit: Credit
    at_ms: int = 0

    @property
    def by_coupon(self) -> bool:
        """Say whether a coupon brought it: such an order binds the customer like a click at its moment."""
        return self.credit.via is Via.COUPON


@dataclass(frozen=True, slots=True)
class Question:
    """The conversion in question, the promises, and what earned before it in the story: in order, and by touch.

    `touches` are all clicks of the story by their ids; `bought` the kinds of what the customer ordered before, whoever
    earned from it, None where nobody knows the customer.
    """

    conversion: ReportedConversion
    promises: Promises
    earlier: Sequence[Earned]
    earlier_by_touch: Mapping[str, Sequence[Earned]]
    zone: str = "UTC"
    currency: str = ""
    touches: Mapping[str, Touch] = field(default_factory=dict)
    bought: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Why something cannot earn, with the numbers that show it."""

    why: Why
    data: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was weighed, and the answer: the credit it could have, or why it has none."""

    source: Source
    ref: str
    agreement_id: str
    answer: Credit | Lost

    @property
    def credit(self) -> Credit | None:
        """Return the credit that the candidate could have."""
        return None if isinstance(self.answer, Lost) else self.answer

    def considered(self, why: Why) -> Considered:
        """Record the candidate: `why` tells what became of it, unless it had no credit to begin with."""
        if isinstance(self.answer, Lost):
            return Considered(self.source, self.ref, self.agreement_id, self.answer.why, self.answer.data)
        return Considered(self.source, self.ref, self.agreement_id, why)


def is_late(touch: Touch, conversion: ReportedConversion) -> bool:
    """Say whether a click came too long after the order to have brought it."""
    return touch.at_ms > conversion.occurred_at_ms + LATE_CLICK_MS


def weigh_click(touch: Touch, question: Question) -> Candidate:
    """Weigh a click by the version of terms that its agreement had accepted when it happened."""
    answer = _broken(touch) or _by_click(touch, question)
    return Candidate(Source.CLICK, touch.click_id, touch.agreement_id, answer)


def is_view(touch: Touch) -> bool:
    """Say whether a creative was only seen."""
    return TouchMark.VIEW in touch.marks


def weigh_coupon(use: CouponUse, question: Question) -> Candidate:
    """Weigh a coupon by the version of terms that its agreement had accepted at the order."""
    return Candidate(Source.COUPON, use.code, use.agreement_id or "", _by_coupon(use, question))


def weigh_binding(bound: Earned, question: Question) -> Candidate:
    """Weigh an earlier order that a coupon brought: it binds the customer like a click at the moment of that order."""
    answer = _following(bound, question)
    if isinstance(answer, Credit) and _binding_has_earned(bound, question):
        terms = question.promises.terms[answer.terms_version_id]
        answer = _repeat_lost(terms) or answer
    return Candidate(Source.BINDING, bound.conversion_id, bound.credit.agreement_id, answer)


def weigh_told(told: ToldBinding, question: Question) -> Candidate:
    """Weigh a binding that a file told, by the version of terms that its agreement had accepted at the order."""
    return Candidate(Source.FILE, told.binding_id, told.agreement_id, _by_file(told, question))


def weigh_rebill(first: Earned, question: Question) -> Candidate:
    """Weigh the first conversion that earned: a repeated payment follows it without being a repeat purchase."""
    return Candidate(Source.BINDING, first.conversion_id, first.credit.agreement_id, _following(first, question))


def _broken(touch: Touch) -> Lost | None:
    """Say what is wrong with the click itself; the lake's later verdict counts as much as the capsule's marks."""
    if touch.refusal:
        return Lost(Why.REFUSED, {"refusal": touch.refusal.value})
    if TouchMark.BOT in touch.marks or (touch.facts and touch.facts.bot):
        return Lost(Why.BOT)
    if TouchMark.FRAMED in touch.marks or (touch.facts and touch.facts.framed):
        return Lost(Why.FRAMED)
    # A click that was made to try a link out earns nothing, not even from a real order.
    return Lost(Why.TEST_CLICK) if TouchMark.TEST in touch.marks else None


def _by_click(touch: Touch, question: Question) -> Credit | Lost:
    if is_late(touch, question.conversion):
        return Lost(Why.AFTER_ORDER, {"at_ms": touch.at_ms})
    promise = _promise(touch.agreement_id, touch.at_ms, question, touch=touch)
    if isinstance(promise, Lost):
        return Lost(Why.VIEW_ONLY) if is_view(touch) else promise
    terms = question.promises.terms[promise.version_id]
    lost = _view_lost(touch, terms, question) if is_view(touch) else _window_lost(touch.at_ms, terms, question)
    used_by = question.earlier_by_touch.get(touch.click_id, ())
    if not lost and any(earned.kind == question.conversion.kind for earned in used_by):
        lost = _repeat_lost(terms)
    if lost:
        return lost
    named = touch.click_id in question.conversion.click_ids
    return Credit(
        agreement_id=touch.agreement_id,
        via=Via.CLICK if named else Via.BINDING,
        touch_id=touch.click_id,
        bound_by=used_by[0].conversion_id if used_by and not named else None,
        counts_from_ms=touch.at_ms,
        terms_version_id=promise.version_id,
        rule=promise.rule,
    )


def _by_coupon(use: CouponUse, question: Question) -> Credit | Lost:
    if use.agreement_id is None:
        return Lost(Why.COUPON_UNKNOWN)
    if not use.valid:
        return Lost(Why.COUPON_NOT_VALID, {"why": use.why})
    ordered_at_ms = question.conversion.occurred_at_ms
    promise = _promise(use.agreement_id, ordered_at_ms, question)
    if isinstance(promise, Lost):
        return promise
    return Credit(
        agreement_id=use.agreement_id,
        via=Via.COUPON,
        touch_id=use.code,
        bound_by=None,
        counts_from_ms=ordered_at_ms,
        terms_version_id=promise.version_id,
        rule=promise.rule,
    )


def _by_file(told: ToldBinding, question: Question) -> Credit | Lost:
    """Count the window from the moment that the file names; it is used up by what it brought, like a click."""
    promise = _promise(told.agreement_id, question.conversion.occurred_at_ms, question)
    if isinstance(promise, Lost):
        return promise
    terms = question.promises.terms[promise.version_id]
    lost = _window_lost(told.from_ms, terms, question)
    brought = question.earlier_by_touch.get(told.binding_id, ())
    if not lost and any(earned.kind == question.conversion.kind for earned in brought):
        lost = _repeat_lost(terms)
    if lost:
        return lost
    return Credit(
        agreement_id=told.agreement_id,
        via=Via.FILE,
        touch_id=told.binding_id,
        bound_by=None,
        counts_from_ms=told.from_ms,
        terms_version_id=promise.version_id,
        rule=promise.rule,
    )


def _following(bound: Earned, question: Question) -> Credit | Lost:
    """Follow an earlier credit by its own pinned version: in its own window, or by a rule that recurs beyond it."""
    credit = bound.credit
    terms = question.promises.terms[credit.terms_version_id]
    around = _around(credit.agreement_id, question, touch=question.touches.get(credit.touch_id), bound=bound)
    lost = _window_lost(credit.counts_from_ms, terms, question)
    rule = _paying_rule(terms, replace(around, window_over=lost is not None))
    if isinstance(rule, Lost):
        return lost if lost and terms.pays(question.conversion.kind) else rule
    return replace(credit, via=Via.BINDING, bound_by=bound.conversion_id, rule=rule)


def around_credit(credit: Credit, question: Question) -> Around:
    """Return the order as the rules of whoever earns it look at it."""
    bound = next((one for one in question.earlier if one.conversion_id == credit.bound_by), None)
    touch = question.touches.get(credit.touch_id)
    around = _around(credit.agreement_id, question, touch=touch, bound=bound)
    terms = question.promises.terms[credit.terms_version_id]
    rule = terms.compiled.named(question.conversion.kind, credit.rule)
    # Only a rule that recurs pays beyond the window; a view has one of its own.
    recurs = rule is not None and rule.recurs
    return replace(around, window_over=recurs and _window_lost(credit.counts_from_ms, terms, question) is not None)


def _around(agreement_id: str, question: Question, *, touch: Touch | None, bound: Earned | None = None) -> Around:
    order, standing = question.conversion, question.promises.agreements.get(agreement_id)
    kinds = question.bought
    return Around(
        conversion=order,
        zone=question.zone,
        currency=question.currency,
        segment=standing.segment if standing else "",
        touch=touch,
        codes=frozenset(use.code for use in order.coupons if use.valid and use.agreement_id == agreement_id),
        returning=None if kinds is None else bool(kinds & {order.kind, _SALE}),
        first_at_ms=bound.at_ms if bound else None,
        times_before=_times(bound, question) if bound else 0,
    )


def _times(bound: Earned, question: Question) -> int:
    """Count the conversions of this kind that followed an earlier one before."""
    kind = question.conversion.kind
    return sum(one.kind == kind and one.credit.bound_by == bound.conversion_id for one in question.earlier)


def _promise(agreement_id: str, at_ms: int, question: Question, *, touch: Touch | None = None) -> "_Promise | Lost":
    """Find what the agreement was promised at a moment: accepted or offered, not ended, and paying such an order."""
    standing = question.promises.agreements.get(agreement_id)
    version_id = standing.promised_at(at_ms) if standing else None
    if standing is None or version_id is None:
        return Lost(Why.NOT_ACCEPTED, {"at_ms": at_ms})
    if standing.ended_at_ms is not None and at_ms >= standing.ended_at_ms:
        return Lost(Why.AGREEMENT_ENDED, {"ended_at_ms": standing.ended_at_ms})
    rule = _paying_rule(question.promises.terms[version_id], _around(agreement_id, question, touch=touch))
    return rule if isinstance(rule, Lost) else _Promise(version_id, rule)


@dataclass(frozen=True, slots=True)
class _Promise:
    version_id: str
    rule: str


def _paying_rule(terms: Terms, around: Around) -> str | Lost:
    """Find the first rule that pays this order."""
    order = around.conversion
    alone = terms.compiled.takes_all(order.kind)
    if alone and (alone.recurs or not around.window_over):
        return alone.name
    rules = [rule for rule in terms.compiled.rules.get(order.kind, ()) if rule.recurs or not around.window_over]
    if not rules:
        return Lost(Why.KIND_NOT_PAID, {"kind": order.kind})
    found = first_match(rules, around, terms)
    if isinstance(found, CompiledRule):
        return found.name
    unpaid = unpaid_of(found)
    return Lost(Why.NO_RULE_MATCHES, {"rule": unpaid.rule, "asks": unpaid.asks, "told": unpaid.told})


def _window_lost(from_ms: int, terms: Terms, question: Question) -> Lost | None:
    """Count N days of 24 hours to the millisecond; the last one still earns."""
    return _over(from_ms, terms.attribution.click_window_days, question)


def _view_lost(touch: Touch, terms: Terms, question: Question) -> Lost | None:
    """Let a view earn in a window of its own, where the terms give it one."""
    days = terms.attribution.view_window_days
    return _over(touch.at_ms, days, question) if days else Lost(Why.VIEW_ONLY)


def _over(from_ms: int, days: int, question: Question) -> Lost | None:
    ended_at_ms = from_ms + days * DAY_MS
    if question.conversion.occurred_at_ms <= ended_at_ms:
        return None
    return Lost(Why.WINDOW_OVER, {"window_days": days, "ended_at_ms": ended_at_ms})


def _repeat_lost(terms: Terms) -> Lost | None:
    return None if terms.attribution.repeat_purchases else Lost(Why.REPEAT_NOT_PAID)


def _binding_has_earned(bound: Earned, question: Question) -> bool:
    """Say whether this binding brought a conversion of the same kind before, its own first order included."""
    brought = [
        earned for earned in question.earlier if bound.conversion_id in (earned.conversion_id, earned.credit.bound_by)
    ]
    return any(earned.kind == question.conversion.kind for earned in brought)
