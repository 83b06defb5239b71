"""Which of several eligible touches earns, by the policy of the program, and what the others are told."""

import pytest

from rapport.domain.judgement import Outcome, Why
from rapport.domain.story import Touch, TouchMark
from rapport.domain.terms import LIFETIME_DAYS
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
    make_terms,
)

MINUTE_MS = 60_000
FIRST = make_click("first", of=ANNA, at_ms=NOON - DAY_MS)
LAST = make_click("last", of=BEN, at_ms=NOON - 10 * MINUTE_MS)


def decided(
    *touches: Touch, segments: tuple[str, str] = ("blogger", "coupon"), **policy: object
) -> tuple[str, dict[str, Why]]:
    """Return who earns, and what became of each touch."""
    anna, ben = (make_standing(who, segment=one) for who, one in zip((ANNA, BEN), segments, strict=True))
    promises = make_promises(anna, ben, terms={"trm_1": make_terms(attribution=policy)})
    sale = make_sale(click_ids=tuple(touch.click_id for touch in touches))
    decision = decide(sale, *touches, promises=promises)
    return decision.credit.agreement_id if decision.credit else "", {one.ref: one.why for one in decision.considered}


def test_the_last_click_earns_where_nothing_else_is_said() -> None:
    assert decided(FIRST, LAST) == (BEN, {"first": Why.NEWER_TOUCH_WON, "last": Why.WON})


def test_the_first_click_may_earn() -> None:
    assert decided(FIRST, LAST, touch="first") == (ANNA, {"first": Why.WON, "last": Why.OLDER_TOUCH_WON})


def test_the_first_of_a_thousand_clicks_earns_however_long_ago() -> None:
    many = [make_click(f"c{number:04}", of=BEN, at_ms=NOON - DAY_MS + number) for number in range(1, 1_000)]
    winner, _whys = decided(FIRST, *many, touch="first")
    assert winner == ANNA


def test_some_segments_go_before_all_others_in_their_order() -> None:
    whys = {"first": Why.WON, "last": Why.SEGMENT_GOES_FIRST}
    assert decided(FIRST, LAST, segments_first=["influencer", "blogger"]) == (ANNA, whys)
    assert decided(FIRST, LAST, segments_first=["coupon", "blogger"])[0] == BEN
    assert decided(FIRST, LAST, segments_first=["agency"])[0] == BEN


@pytest.mark.parametrize(("minutes", "winner"), [(9, BEN), (10, ANNA), (11, ANNA)])
def test_a_late_click_of_a_coupon_site_stands_down(minutes: int, winner: str) -> None:
    found, whys = decided(FIRST, LAST, stand_down={"minutes": minutes, "segments": ["coupon"]})
    assert found == winner
    assert whys["last"] is (Why.WON if winner == BEN else Why.STOOD_DOWN)


def test_it_stands_down_for_another_partners_earlier_click_alone() -> None:
    policy = {"minutes": 30, "segments": ["coupon"]}
    assert decided(LAST, stand_down=policy)[0] == BEN
    own = make_click("own", of=BEN, at_ms=NOON - DAY_MS)
    assert decided(own, LAST, stand_down=policy)[0] == BEN
    assert decided(FIRST, LAST, segments=("coupon", "blogger"), stand_down=policy)[0] == BEN


VIEW = make_click("view", of=BEN, at_ms=NOON - DAY_MS, marks=frozenset({TouchMark.VIEW}))


@pytest.mark.parametrize(("days", "why"), [(None, Why.VIEW_ONLY), (1, Why.WON)])
def test_a_view_earns_in_a_window_of_its_own(days: int | None, why: Why) -> None:
    policy: dict[str, object] = {"view_window_days": days} if days else {}
    assert decided(VIEW, segments=("", ""), **policy)[1] == {"view": why}


def test_a_view_is_over_a_millisecond_later() -> None:
    late = make_click("late", at_ms=NOON - DAY_MS - 1, marks=frozenset({TouchMark.VIEW}))
    assert decided(late, view_window_days=1)[1] == {"late": Why.WINDOW_OVER}


def test_a_view_that_binds_pays_beyond_the_window_of_clicks() -> None:
    rule = {"name": "r", "when": {"kind": "sale", "hour": {"from": 0}}, "pay": {"percent": "12"}}
    terms = make_terms(rules=[rule], attribution={"click_window_days": 1, "view_window_days": 30})
    view = make_click("view", of=ANNA, at_ms=NOON - 2 * DAY_MS, marks=frozenset({TouchMark.VIEW}))
    decision = decide(make_sale(), view, promises=make_promises(terms={"trm_1": terms}))
    assert decision.target_minor == 1_200
    assert [line.rule for line in decision.lines] == ["r"]


def test_a_click_goes_before_a_later_view() -> None:
    click = make_click("click", of=ANNA, at_ms=NOON - 2 * DAY_MS)
    assert decided(click, VIEW, view_window_days=7) == (ANNA, {"click": Why.WON, "view": Why.CLICK_BEFORE_VIEW})


def test_a_lifetime_has_no_end() -> None:
    long_ago = make_click(at_ms=NOON - 20_000 * DAY_MS)
    assert decided(long_ago, click_window_days="lifetime")[0] == ANNA
    assert make_terms(attribution={"click_window_days": "lifetime"}).attribution.click_window_days == LIFETIME_DAYS


def test_before_the_programs_first_version_the_last_click_earns() -> None:
    terms = {"trm_1": make_terms(attribution={"touch": "first"})}
    promises = make_promises(terms=terms, program=())
    decision = decide(make_sale(click_ids=("first", "last")), FIRST, LAST, promises=promises)
    assert decision.outcome is Outcome.EARNED
    assert decision.credit is not None
    assert decision.credit.agreement_id == BEN
