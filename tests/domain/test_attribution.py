"""Who earns: the last eligible click, a coupon, or the partner who brought the customer before."""

from collections.abc import Sequence
from typing import Any

import pytest

from rapport.domain.credit import Credit, HoldReason, Via
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Outcome, Source, Why
from rapport.domain.promises import InForce, Promises
from rapport.domain.story import (
    CouponUse,
    DecisionKind,
    HumanDecision,
    ReportedConversion,
    Touch,
    TouchFacts,
    TouchMark,
    TouchRefusal,
)
from tests.make.judging import (
    ANNA,
    BEN,
    DAY_MS,
    NOON,
    decide,
    make_click,
    make_promises,
    make_sale,
    make_standing,
    make_story,
    make_terms,
)


def whys(decision: Decision) -> dict[str, Why]:
    return {one.ref: one.why for one in decision.considered}


def judged(
    conversions: Sequence[ReportedConversion], *touches: Touch, promises: Promises | None = None
) -> list[Decision]:
    return list(judge(make_story(*conversions, touches=touches), promises or make_promises()).decisions)


def earner(decision: Decision) -> str | None:
    return decision.credit.agreement_id if decision.credit else None


def test_a_click_brings_the_sale() -> None:
    decision = decide(make_sale(click_ids=("click",)), make_click())
    assert decision.outcome is Outcome.EARNED
    assert decision.credit == Credit(
        agreement_id=ANNA,
        via=Via.CLICK,
        touch_id="click",
        bound_by=None,
        counts_from_ms=NOON - DAY_MS,
        terms_version_id="trm_1",
        rule="sale",
    )
    assert decision.target_minor == 1_200


def test_nobody_earns_from_an_order_that_nobody_brought() -> None:
    decision = decide(make_sale())
    assert (decision.outcome, decision.considered, decision.target_minor) == (Outcome.NO_TOUCH, (), 0)


def test_the_last_click_wins_and_the_earlier_one_learns_why_not() -> None:
    decision = decide(
        make_sale(click_ids=("old", "new")),
        make_click("new", of=BEN, at_ms=NOON - 1),
        make_click("old", of=ANNA, at_ms=NOON - 2),
    )
    assert earner(decision) == BEN
    assert whys(decision) == {"old": Why.NEWER_TOUCH_WON, "new": Why.WON}


def test_two_clicks_in_the_same_millisecond_are_told_apart_by_their_ids() -> None:
    clicks = make_click("a", of=ANNA), make_click("b", of=BEN)
    assert earner(decide(make_sale(), *clicks)) == earner(decide(make_sale(), *reversed(clicks))) == BEN


@pytest.mark.parametrize(("late_ms", "why"), [(300_000, Why.WON), (300_001, Why.AFTER_ORDER)])
def test_a_click_counts_until_five_minutes_after_the_order(late_ms: int, why: Why) -> None:
    decision = decide(make_sale(click_ids=("click",)), make_click(at_ms=NOON + late_ms))
    assert whys(decision) == {"click": why}


def test_a_later_click_of_another_order_is_no_candidate_at_all() -> None:
    first, second = judged(
        [make_sale(1), make_sale(2, occurred_at_ms=NOON + 9 * DAY_MS, click_ids=("later",))],
        make_click("later", at_ms=NOON + 8 * DAY_MS),
    )
    assert (first.outcome, second.outcome) == (Outcome.NO_TOUCH, Outcome.EARNED)


@pytest.mark.parametrize(("beyond_ms", "why"), [(0, Why.WON), (1, Why.WINDOW_OVER)])
def test_the_last_millisecond_of_the_window_still_earns(beyond_ms: int, why: Why) -> None:
    decision = decide(make_sale(), make_click(at_ms=NOON - 30 * DAY_MS - beyond_ms))
    assert whys(decision) == {"click": why}
    if why is Why.WINDOW_OVER:
        assert decision.considered[0].data == {"window_days": 30, "ended_at_ms": NOON - 1}


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ({"marks": frozenset({TouchMark.BOT})}, Why.BOT),
        ({"marks": frozenset({TouchMark.FRAMED})}, Why.FRAMED),
        ({"marks": frozenset({TouchMark.VIEW})}, Why.VIEW_ONLY),
        ({"marks": frozenset({TouchMark.TEST})}, Why.TEST_CLICK),
        ({"marks": frozenset({TouchMark.NO_CONSENT})}, Why.WON),
        ({"facts": TouchFacts(bot=True)}, Why.BOT),
        ({"facts": TouchFacts(framed=True)}, Why.FRAMED),
        ({"facts": TouchFacts()}, Why.WON),
    ],
)
def test_only_a_click_of_a_person_earns(spoiled: dict[str, Any], why: Why) -> None:
    assert whys(decide(make_sale(), make_click(**spoiled))) == {"click": why}


@pytest.mark.parametrize("refusal", TouchRefusal)
def test_a_refused_click_id_loses_the_credit_and_never_the_order(refusal: TouchRefusal) -> None:
    decision = decide(make_sale(click_ids=("bad",)), Touch(click_id="bad", refusal=refusal))
    assert decision.outcome is Outcome.NO_ELIGIBLE_TOUCH
    assert [(one.why, one.data) for one in decision.considered] == [(Why.REFUSED, {"refusal": refusal.value})]


def test_a_refused_click_id_of_one_order_says_nothing_about_another() -> None:
    bad = Touch(click_id="bad", refusal=TouchRefusal.FORGED)
    first, second = judged([make_sale(1, click_ids=("bad",)), make_sale(2)], bad)
    assert (first.outcome, second.outcome) == (Outcome.NO_ELIGIBLE_TOUCH, Outcome.NO_TOUCH)


def test_an_agreement_earns_from_its_first_day_and_its_acceptance_on() -> None:
    clicked_ms = NOON - DAY_MS
    active_later = make_promises(make_standing(ANNA, active_from_ms=clicked_ms + 1))
    accepted_later = make_promises(make_standing(ANNA, acceptances=(InForce("trm_1", clicked_ms + 1),)))
    just_in_time = make_promises(make_standing(ANNA, acceptances=(InForce("trm_1", clicked_ms),)))
    for promises, why in (
        (active_later, Why.NOT_ACCEPTED),
        (accepted_later, Why.NOT_ACCEPTED),
        (just_in_time, Why.WON),
    ):
        assert whys(decide(make_sale(), make_click(), promises=promises)) == {"click": why}


def test_a_click_of_an_agreement_that_nobody_knows_earns_nothing() -> None:
    assert whys(decide(make_sale(), make_click(of="agr_stranger"))) == {"click": Why.NOT_ACCEPTED}


@pytest.mark.parametrize(("after_ms", "why"), [(0, Why.AGREEMENT_ENDED), (1, Why.WON)])
def test_clicks_before_the_end_of_an_agreement_earn_inside_their_window(after_ms: int, why: Why) -> None:
    promises = make_promises(make_standing(ANNA, ended_at_ms=NOON - DAY_MS + after_ms))
    assert whys(decide(make_sale(), make_click(), promises=promises)) == {"click": why}


def test_a_kind_that_the_terms_do_not_name_is_not_paid() -> None:
    decision = decide(make_sale(kind="call"), make_click())
    assert decision.outcome is Outcome.KIND_NOT_PAID
    assert decision.considered[0].data == {"kind": "call"}


def test_the_winner_is_paid_by_the_version_accepted_at_the_click() -> None:
    twenty = [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "20"}}]
    promises = make_promises(
        make_standing(ANNA, acceptances=(InForce("trm_1", 0), InForce("trm_2", NOON - DAY_MS + 1))),
        terms={"trm_1": make_terms(), "trm_2": make_terms(rules=twenty)},
        program=(InForce("trm_1", 0), InForce("trm_2", NOON - 9 * DAY_MS)),
    )
    assert decide(make_sale(), make_click(), promises=promises).target_minor == 1_200
    assert decide(make_sale(), make_click(at_ms=NOON - 5), promises=promises).target_minor == 2_000


class TestRepeatPurchases:
    """The same click brings a customer who buys again."""

    def test_they_earn_nothing_where_the_terms_exclude_them(self) -> None:
        first, second = judged([make_sale(1), make_sale(2, occurred_at_ms=NOON + 1)], make_click())
        assert (earner(first), earner(second)) == (ANNA, None)
        assert whys(second) == {"click": Why.REPEAT_NOT_PAID}

    def test_they_earn_inside_the_window_where_the_terms_include_them(self) -> None:
        promises = make_promises(terms={"trm_1": make_terms(attribution={"repeat_purchases": True})})
        first, second = judged(
            [make_sale(1, click_ids=("click",)), make_sale(2, occurred_at_ms=NOON + 1)], make_click(), promises=promises
        )
        assert second.credit
        assert (second.credit.via, second.credit.bound_by) == (Via.BINDING, first.conversion_id)

    def test_a_lead_does_not_use_the_click_up_for_the_sale(self) -> None:
        kinds = [{"name": kind, "when": {"kind": kind}, "pay": {"flat": "5"}} for kind in ("lead", "sale")]
        promises = make_promises(terms={"trm_1": make_terms(rules=kinds)})
        decisions = judged([make_sale(1, kind="lead"), make_sale(2)], make_click(), promises=promises)
        assert [decision.target_minor for decision in decisions] == [500, 500]

    def test_a_new_click_binds_anew_whoever_it_belongs_to(self) -> None:
        second_click = make_click("second", of=BEN, at_ms=NOON + DAY_MS)
        _, second = judged([make_sale(1), make_sale(2, occurred_at_ms=NOON + 2 * DAY_MS)], make_click(), second_click)
        assert earner(second) == BEN

    def test_a_declined_order_or_a_test_uses_nothing_up(self) -> None:
        declined = HumanDecision(kind=DecisionKind.DECLINED, decided_at_ms=NOON, decision_id="1", code="fraud")
        for spoiled in (make_sale(1, decisions=(declined,)), make_sale(1, test=True)):
            first, second = judged([spoiled, make_sale(2, occurred_at_ms=NOON + 1)], make_click())
            assert (first.target_minor, second.target_minor) == (0, 1_200)

    def test_a_late_first_order_moves_the_credit_to_where_it_belongs(self) -> None:
        later = make_sale(2, occurred_at_ms=NOON + 1)
        (alone,) = judged([later], make_click())
        first, second = judged([later, make_sale(1)], make_click())
        assert (earner(alone), earner(first), earner(second)) == (ANNA, ANNA, None)


class TestCoupons:
    """A code is a tracked address without a click."""

    ANNAS = CouponUse(code="ANNA10", agreement_id=ANNA)
    BENS = CouponUse(code="BEN10", agreement_id=BEN)

    def test_a_coupon_earns_without_any_click(self) -> None:
        decision = decide(make_sale(coupons=(self.ANNAS,)))
        assert decision.credit
        assert (decision.credit.via, decision.credit.counts_from_ms) == (Via.COUPON, NOON)

    def test_it_goes_before_another_partners_click_or_after_it_as_the_program_says_at_the_order(self) -> None:
        for policy, winner, click_why, coupon_why in (
            ("before_click", ANNA, Why.COUPON_GOES_FIRST, Why.WON),
            ("after_click", BEN, Why.WON, Why.CLICK_GOES_FIRST),
        ):
            promises = make_promises(terms={"trm_1": make_terms(attribution={"coupon": policy})})
            decision = decide(make_sale(coupons=(self.ANNAS,)), make_click(of=BEN), promises=promises)
            assert earner(decision) == winner
            assert whys(decision) == {"click": click_why, "ANNA10": coupon_why}

    def test_it_goes_first_before_the_program_has_said_anything(self) -> None:
        decision = decide(
            make_sale(coupons=(self.ANNAS,)),
            make_click(of=BEN),
            promises=make_promises(program=(InForce("trm_1", NOON + 1),)),
        )
        assert earner(decision) == ANNA

    def test_it_is_paid_by_the_acceptance_in_force_at_the_order(self) -> None:
        promises = make_promises(
            make_standing(ANNA, acceptances=(InForce("trm_1", 0), InForce("trm_2", NOON))),
            terms={"trm_1": make_terms(), "trm_2": make_terms(notice={"days": 1})},
        )
        decision = decide(make_sale(coupons=(self.ANNAS,)), promises=promises)
        assert decision.credit
        assert decision.credit.terms_version_id == "trm_2"

    @pytest.mark.parametrize(
        ("use", "why"),
        [
            (CouponUse(code="X", agreement_id=None), Why.COUPON_UNKNOWN),
            (CouponUse(code="X", agreement_id=ANNA, valid=False, why="expired"), Why.COUPON_NOT_VALID),
            (CouponUse(code="X", agreement_id="agr_stranger"), Why.NOT_ACCEPTED),
        ],
    )
    def test_a_coupon_that_is_not_good_earns_nothing_and_says_why(self, use: CouponUse, why: Why) -> None:
        decision = decide(make_sale(coupons=(use,)))
        assert (decision.outcome, whys(decision)) == (Outcome.NO_ELIGIBLE_TOUCH, {"X": why})

    def test_coupons_of_two_partners_are_held_for_a_person(self) -> None:
        decision = decide(make_sale(coupons=(self.BENS, self.ANNAS)))
        assert earner(decision) == ANNA
        assert decision.holds == (HoldReason.SEVERAL_COUPONS,)
        assert whys(decision) == {"ANNA10": Why.WON, "BEN10": Why.OTHER_COUPON_WON}

    def test_two_coupons_of_one_partner_are_no_doubt(self) -> None:
        second = CouponUse(code="ANNA20", agreement_id=ANNA)
        assert decide(make_sale(coupons=(self.ANNAS, second))).holds == ()

    def test_an_order_by_coupon_binds_the_customer_like_a_click_at_that_moment(self) -> None:
        promises = make_promises(terms={"trm_1": make_terms(attribution={"repeat_purchases": True})})
        for away_ms, why in ((30 * DAY_MS, Why.WON), (30 * DAY_MS + 1, Why.WINDOW_OVER)):
            first, second = judged(
                [make_sale(1, coupons=(self.ANNAS,)), make_sale(2, occurred_at_ms=NOON + away_ms)], promises=promises
            )
            assert [(one.source, one.ref, one.why) for one in second.considered] == [
                (Source.BINDING, first.conversion_id, why)
            ]

    def test_that_binding_brings_no_repeat_purchase_where_the_terms_exclude_them(self) -> None:
        first, second = judged([make_sale(1, coupons=(self.ANNAS,)), make_sale(2, occurred_at_ms=NOON + 1)])
        assert whys(second) == {first.conversion_id: Why.REPEAT_NOT_PAID}

    def test_that_binding_brings_another_kind_without_being_a_repeat(self) -> None:
        kinds = [{"name": kind, "when": {"kind": kind}, "pay": {"flat": "5"}} for kind in ("lead", "sale")]
        promises = make_promises(terms={"trm_1": make_terms(rules=kinds)})
        conversions = [
            make_sale(1, kind="lead", coupons=(self.ANNAS,)),
            make_sale(2, occurred_at_ms=NOON + 1),
            make_sale(3, occurred_at_ms=NOON + 2),
        ]
        decisions = judged(conversions, promises=promises)
        assert [earner(decision) for decision in decisions] == [ANNA, ANNA, None]

    def test_that_binding_pays_only_kinds_that_its_version_names(self) -> None:
        first, second = judged(
            [make_sale(1, coupons=(self.ANNAS,)), make_sale(2, kind="zeal", occurred_at_ms=NOON + 1)]
        )
        assert whys(second) == {first.conversion_id: Why.KIND_NOT_PAID}

    def test_a_newer_click_wins_over_that_binding(self) -> None:
        conversions = [make_sale(1, coupons=(self.ANNAS,)), make_sale(2, occurred_at_ms=NOON + 2)]
        _, second = judged(conversions, make_click(of=BEN, at_ms=NOON + 1))
        assert earner(second) == BEN


class TestRebills:
    """A repeated payment belongs to whoever brought the customer."""

    KINDS = tuple({"name": kind, "when": {"kind": kind}, "pay": {"percent": "20"}} for kind in ("sale", "rebill"))

    def promises(self) -> Promises:
        return make_promises(terms={"trm_1": make_terms(rules=list(self.KINDS))})

    def test_they_follow_the_first_who_earned_whatever_is_clicked_later(self) -> None:
        rebills = [
            make_sale(number, kind="rebill", occurred_at_ms=NOON + number * DAY_MS, click_ids=("later",))
            for number in (2, 3)
        ]
        first, second, third = judged(
            [make_sale(1), *rebills],
            make_click(),
            make_click("later", of=BEN, at_ms=NOON + DAY_MS),
            promises=self.promises(),
        )
        assert [earner(decision) for decision in (first, second, third)] == [ANNA, ANNA, ANNA]
        assert whys(third) == {
            first.conversion_id: Why.WON,
            "click": Why.REBILL_FOLLOWS_FIRST,
            "later": Why.REBILL_FOLLOWS_FIRST,
        }

    def test_they_end_with_the_window_of_the_first_click(self) -> None:
        rebill = make_sale(2, kind="rebill", occurred_at_ms=NOON + 29 * DAY_MS + 1)
        _, second = judged([make_sale(1), rebill], make_click(), promises=self.promises())
        assert second.outcome is Outcome.NO_ELIGIBLE_TOUCH

    def test_one_without_any_earlier_credit_is_attributed_like_a_sale(self) -> None:
        assert earner(decide(make_sale(kind="rebill"), make_click(), promises=self.promises())) == ANNA


class TestRefusedProposals:
    """A person kept the credit where it was approved."""

    def kept(self, credit: Credit | None) -> HumanDecision:
        return HumanDecision(kind=DecisionKind.PROPOSAL_REFUSED, decided_at_ms=NOON, decision_id="1", credit=credit)

    def test_the_credit_stays_although_a_newer_click_came_to_light(self) -> None:
        before = decide(make_sale(click_ids=("old",)), make_click("old", at_ms=NOON - 9))
        sale = make_sale(click_ids=("old", "new"), decisions=(self.kept(before.credit),))
        after = decide(sale, make_click("old", at_ms=NOON - 9), make_click("new", of=BEN, at_ms=NOON - 1))
        assert after.credit == before.credit
        assert whys(after) == {"old": Why.NEWER_TOUCH_WON, "new": Why.SET_ASIDE_BY_PERSON}

    def test_the_reasons_stay_as_they_are_when_the_judge_comes_to_the_same(self) -> None:
        before = decide(make_sale(click_ids=("click",)), make_click())
        after = decide(make_sale(click_ids=("click",), decisions=(self.kept(before.credit),)), make_click())
        assert whys(after) == {"click": Why.WON}

    def test_nobody_keeps_earning_when_that_was_what_a_person_kept(self) -> None:
        decision = decide(make_sale(decisions=(self.kept(None),)), make_click())
        assert (decision.credit, decision.outcome) == (None, Outcome.NO_ELIGIBLE_TOUCH)
