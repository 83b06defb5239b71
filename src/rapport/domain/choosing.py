"""Of several eligible touches the one that earns, by the program's policy, and why each of the others does not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapport.domain.candidates import Candidate, Question, is_view
from rapport.domain.judgement import Why
from rapport.domain.terms import Attribution, CouponPriority, TouchPriority

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Eligible:
    """A touch that could earn, its place in the story, and from when it counts."""

    place: int
    candidate: Candidate
    at_ms: int


Sieve = Callable[[Sequence[Eligible], Attribution, Question], list[Eligible]]
"""Leaves those that may still earn; of some it leaves at least one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The touch that earns, if any could, and why others that could do not, by their places."""

    winner: Candidate | None
    passed_over: dict[int, Why]


def policy_of(question: Question) -> Attribution | None:
    """Return the program's policy at the order; None before its first version: the language's own defaults apply."""
    terms = question.promises.program_terms_at(question.conversion.occurred_at_ms)
    return terms.attribution if terms else None


def choose_touch(touches: Iterable[Candidate], question: Question) -> Chosen:
    """Choose among clicks, views and bindings; `touches` come in the order of the story."""
    eligible = [
        Eligible(place, one, one.credit.counts_from_ms) for place, one in enumerate(touches) if one.credit is not None
    ]
    passed_over: dict[int, Why] = {}
    policy = policy_of(question)
    if policy:
        for sieve, why in _SIEVES:
            kept = sieve(eligible, policy, question)
            passed_over |= {one.place: why for one in eligible if one not in kept}
            eligible = kept
    first = policy is not None and policy.touch is TouchPriority.FIRST
    # Of two in the same ms the later in the story, whichever arrived first.
    pick = min if first else max
    winner = pick(eligible, key=lambda one: (one.at_ms, one.place)).candidate if eligible else None
    lost = Why.OLDER_TOUCH_WON if first else Why.NEWER_TOUCH_WON
    passed_over |= {one.place: lost for one in eligible if one.candidate is not winner}
    return Chosen(winner, passed_over)


def coupon_goes_first(question: Question) -> bool:
    """Say whether a coupon earns before a click of somebody else."""
    policy = policy_of(question)
    return policy is None or policy.coupon is CouponPriority.BEFORE_CLICK


def looks_back(policy: Attribution | None) -> bool:
    """Say whether more than the latest touches must be weighed to know who earns."""
    return policy is not None and bool(
        policy.touch is TouchPriority.FIRST or policy.segments_first or policy.stand_down or policy.view_window_days
    )


def _clicks_before_views(eligible: Sequence[Eligible], _policy: Attribution, question: Question) -> list[Eligible]:
    """A view earns only where no click does."""
    clicked = [one for one in eligible if not _is_view(one, question)]
    return clicked or list(eligible)


def _not_standing_down(eligible: Sequence[Eligible], policy: Attribution, question: Question) -> list[Eligible]:
    """A late click of some segments leaves the touch of another partner alone that was there before."""
    rule = policy.stand_down
    if rule is None:
        return list(eligible)
    from_ms = question.conversion.occurred_at_ms - rule.minutes * _MINUTE_MS
    late = {one.place for one in eligible if one.at_ms >= from_ms and _segment(one, question) in rule.segments}
    others = [one for one in eligible if one.place not in late]
    return [one for one in eligible if one.place not in late or not any(_came_before(other, one) for other in others)]


def _came_before(other: Eligible, late: Eligible) -> bool:
    return other.at_ms <= late.at_ms and other.candidate.agreement_id != late.candidate.agreement_id


def _segments_that_go_first(eligible: Sequence[Eligible], policy: Attribution, question: Question) -> list[Eligible]:
    """Of the segments that were named, the first that any touch belongs to."""
    for segment in policy.segments_first:
        mine = [one for one in eligible if _segment(one, question) == segment]
        if mine:
            return mine
    return list(eligible)


def _is_view(one: Eligible, question: Question) -> bool:
    touch = question.touches.get(one.candidate.ref)
    return touch is not None and is_view(touch)


def _segment(one: Eligible, question: Question) -> str:
    standing = question.promises.agreements.get(one.candidate.agreement_id)
    return standing.segment if standing else ""


_SIEVES: Final[tuple[tuple[Sieve, Why], ...]] = (
    (_clicks_before_views, Why.CLICK_BEFORE_VIEW),
    (_not_standing_down, Why.STOOD_DOWN),
    (_segments_that_go_first, Why.SEGMENT_GOES_FIRST),
)
"""What passes touches over, in this order, with the reason."""
