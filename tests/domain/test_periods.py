"""What a period pays: whatever arrived first, at each step and beside it, to the unit, as a slow reference says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.domain.judge import judge
from rapport.domain.periods import (
    Counted,
    PeriodJudgement,
    counting_of,
    from_document,
    judge_period,
    judge_visits,
    period_of,
    progress_of,
    to_document,
)
from rapport.domain.promises import Suspension
from rapport.domain.story import DecisionKind, HumanDecision
from rapport.domain.terms import Bonus, BonusKind, By, Over, Threshold, Tier, TierStep, Way
from tests.domain.reference_periods import slow_bonus, slow_tier
from tests.make.judging import ANNA, NOON, make_click, make_promises, make_sale, make_standing, make_story, make_terms

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago")
UNIT = {"JPY": 1, "EUR": 100, "KWD": 1000}


def counted(number: int, *, basis: Fraction | int = 10_000, paid_minor: int = 1000, **more: Any) -> Counted:  # noqa: ANN401 - any field of it
    """The conversion of this number, each a minute after the one before."""
    facts: dict[str, Any] = {
        "conversion_id": f"cnv_{number}",
        "at_ms": NOON + number * 60_000,
        "kind": "sale",
        "external_id": f"{number}",
        "version_id": "trm_1",
        "basis": Fraction(basis),
        "share_left": Fraction(1),
        "paid_minor": paid_minor,
        "hold_until_ms": NOON + number,
        "facts_joined": True,
    }
    return Counted(**{**facts, **more})


def tier(*steps: tuple[int, str], by: By = By.COUNT, way: Way = Way.MARGINAL, over: Over = Over.MONTH) -> Tier:
    """A tier of percentages, each from a number or an amount on."""
    made = tuple(TierStep(Threshold(least, by is By.VALUE), Decimal(percent)) for least, percent in steps)
    return Tier(name="volume", rule="sale", by=by, over=over, way=way, steps=made)


def bonus(reach: int, *, amount_minor: int = 5000, is_amount: bool = False, **more: Any) -> Bonus:  # noqa: ANN401 - any field of it
    """A milestone."""
    facts: dict[str, Any] = {"name": "b", "kind": BonusKind.MILESTONE, "rule": "sale", "amount_minor": amount_minor}
    return Bonus(**{**facts, "reach": Threshold(reach, is_amount), **more})


def pays(some: Sequence[Counted], promise: Tier | Bonus) -> int:
    return judge_period(some, {"trm_1": promise}).target_minor


@pytest.mark.parametrize(
    ("way", "number", "extra_minor"),
    [
        (Way.MARGINAL, 2, 0), (Way.MARGINAL, 3, 200), (Way.MARGINAL, 4, 400), (Way.MARGINAL, 5, 900),
        (Way.WHOLE, 2, 0), (Way.WHOLE, 3, 600), (Way.WHOLE, 4, 800), (Way.WHOLE, 5, 2500),
    ],
)  # fmt: skip
def test_a_step_by_count_pays_from_its_own_number_on(way: Way, number: int, extra_minor: int) -> None:
    assert pays([counted(one) for one in range(number)], tier((3, "12"), (5, "15"), way=way)) == extra_minor


@pytest.mark.parametrize(("currency", "unit"), UNIT.items())
@pytest.mark.parametrize(("beside", "marginal", "whole"), [(-1, 0, 0), (0, 0, 10), (1, 0, 10)])
def test_a_step_by_value_pays_from_its_amount_on_to_the_unit(
    currency: str, unit: int, beside: int, marginal: int, whole: int
) -> None:
    assert currency in UNIT
    some = [counted(1, basis=500 * unit + beside, paid_minor=50 * unit)]
    steps = ((500 * unit, "12"),)
    assert pays(some, tier(*steps, by=By.VALUE)) == marginal
    assert pays(some, tier(*steps, by=By.VALUE, way=Way.WHOLE)) == whole * unit


def test_an_order_across_two_steps_is_cut_where_they_begin() -> None:
    promise = tier((10_000, "20"), (20_000, "30"), by=By.VALUE)
    judged = judge_period([counted(1, basis=5000, paid_minor=500), counted(2, basis=20_000, paid_minor=2000)],
                          {"trm_1": promise})  # fmt: skip
    # 10.00 to 20.00 by ten percent more, 20.00 to 25.00 by twenty.
    assert judged.target_minor == 1000 + 1000
    assert [(step.number, step.basis) for step in judged.steps] == [(1, Fraction(10_000)), (1, Fraction(5000))]


def test_it_never_takes_back_what_the_rule_paid() -> None:
    assert pays([counted(1, paid_minor=5000)], tier((1, "12"))) == 0


def test_an_amount_for_each_shrinks_with_what_was_refunded() -> None:
    flat = Tier(
        name="t", rule="sale", by=By.COUNT, over=Over.MONTH, way=Way.WHOLE,
        steps=(TierStep(Threshold(1), flat_minor=2000),),
    )  # fmt: skip
    assert pays([counted(1, share_left=Fraction(1, 2), paid_minor=500)], flat) == 500


def test_an_order_worth_nothing_moves_no_step_by_value() -> None:
    assert pays([counted(1, basis=0, paid_minor=0)], tier((1, "12"), by=By.VALUE)) == 0


@pytest.mark.parametrize(("number", "amount"), [(0, 0), (2, 0), (3, 5000), (4, 5000)])
def test_a_milestone_is_paid_once(number: int, amount: int) -> None:
    assert pays([counted(one) for one in range(number)], bonus(3)) == amount


def test_a_milestone_of_value_is_judged_by_the_version_of_the_order_that_reaches_it() -> None:
    easier, harder = bonus(20_000, is_amount=True), bonus(30_000, is_amount=True, amount_minor=9000)
    some = [counted(1), counted(2, version_id="trm_2"), counted(3, version_id="trm_2")]
    judged = judge_period(some, {"trm_1": easier, "trm_2": harder})
    assert (judged.target_minor, judged.version_id, judged.number) == (9000, "trm_2", 3)


def test_a_conversion_of_a_version_without_the_promise_counts_for_nothing() -> None:
    assert judge_period([counted(1, version_id="trm_0")], {"trm_1": bonus(1)}).number == 0


AMOUNTS = st.integers(0, 5_000_000)
STORIES = st.lists(st.tuples(AMOUNTS, AMOUNTS, st.fractions(Fraction(1, 100), 1)), max_size=80)


@st.composite
def tiers(draw: st.DrawFn) -> Tier:
    """Draw a tier of percentages that climb."""
    by, way = draw(st.sampled_from(By)), draw(st.sampled_from(Way))
    most = 90 if by is By.COUNT else 50_000_000
    starts = sorted(draw(st.sets(st.integers(1, most), min_size=1, max_size=5)))
    rates = sorted(draw(st.lists(st.integers(0, 100), min_size=len(starts), max_size=len(starts))))
    return tier(*zip(starts, map(str, rates), strict=True), by=by, way=way)


@given(story=STORIES, promise=tiers(), shuffled=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_whatever_arrives_first_a_tier_pays_what_the_slow_reference_says(
    story: list[tuple[int, int, Fraction]], promise: Tier, shuffled: Random
) -> None:
    some = [
        counted(number, basis=basis, paid_minor=paid, share_left=share)
        for number, (basis, paid, share) in enumerate(story)
    ]
    expected = slow_tier(some, promise)
    shuffled.shuffle(some)
    judged = judge_period(some, {"trm_1": promise})
    assert judged.target_minor == expected
    assert from_document(to_document(judged, source="tier:volume:2026-03")) == judged


@given(story=STORIES, reach=st.integers(1, 100), shuffled=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_whatever_arrives_first_a_milestone_is_reached_where_the_slow_reference_says(
    story: list[tuple[int, int, Fraction]], reach: int, shuffled: Random
) -> None:
    some = [counted(number, basis=basis) for number, (basis, _paid, _share) in enumerate(story)]
    promise = bonus(reach * 100_000, is_amount=True)
    expected = slow_bonus(some, promise)
    shuffled.shuffle(some)
    judged = judge_period(some, {"trm_1": promise})
    assert (judged.target_minor, judged.last_at_ms) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_two_years_falls_into_the_month_that_the_clocks_of_the_zone_show(zone: str) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year < 2028:
        shown = moment.astimezone(ZoneInfo(zone))
        keys = [key_of(tier((1, "1"), over=over), moment, zone) for over in Over]
        quarter = f"{shown:%Y}-q{(shown.month + 2) // 3}"
        assert keys == [f"{shown:%Y-%m}", quarter, f"{shown:%Y}", "ever"]
        moment += timedelta(minutes=30) if shown.day in {1, 28, 29, 30, 31} else timedelta(hours=23)


def key_of(promise: Tier | Bonus, moment: datetime, zone: str) -> str | None:
    period = period_of(promise, int(moment.timestamp() * 1000), zone)
    return period.key if period else None


def test_a_bonus_counts_from_its_first_day_until_its_last_and_is_named_by_it() -> None:
    season = bonus(1, from_day=date(2026, 3, 29), until_day=date(2026, 3, 31))
    moments = {
        "2026-03-28T22:59": None, "2026-03-28T23:00": "2026-03-29",
        "2026-03-31T21:59": "2026-03-29", "2026-03-31T22:00": None,
    }  # fmt: skip
    for text, key in moments.items():
        assert key_of(season, datetime.fromisoformat(text).replace(tzinfo=UTC), "Europe/Berlin") == key
    ending = bonus(1, until_day=date(2026, 3, 31))
    assert key_of(ending, datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin") == "2026-03-31"
    monthly = bonus(1, until_day=date(2026, 3, 31), over=Over.MONTH)
    assert key_of(monthly, datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin") == "2026-01"


PROMISED: dict[str, Any] = {
    "tiers": [{"name": "volume", "rule": "sale", "by": "count", "steps": [{"from": 1, "percent": "15"}]}],
    "bonuses": [
        {"name": "one", "kind": "first_sale", "rule": "sale", "amount": "5.00"},
        {"name": "later", "kind": "milestone", "rule": "sale", "reach": 1, "amount": "5.00", "from": "2027-01-01"},
        {"name": "blogs", "kind": "milestone", "rule": "sale", "reach": 1, "amount": "5.00", "segment": ["blogger"]},
    ],
}


def sources(*suspensions: Suspension, segment: str = "", **more: Any) -> list[str]:  # noqa: ANN401 - any field of a sale
    """For what a sale of 100.00 counts."""
    promises = make_promises(
        make_standing(ANNA, segment=segment, suspensions=suspensions), terms={"trm_1": make_terms("EUR", **PROMISED)}
    )
    sale = make_sale(**more)
    decision = judge(make_story(sale, touches=(make_click(),)), promises).on(sale.id)
    return [one.source for one in counting_of(sale, decision, promises=promises, zone="Europe/Berlin")]


def test_a_conversion_counts_for_what_its_version_promises_its_partner() -> None:
    assert sources() == ["tier:volume:2026-03", "bonus:one:ever"]
    assert sources(segment="blogger") == ["tier:volume:2026-03", "bonus:one:ever", "bonus:blogs:ever"]


def test_what_is_declined_a_test_or_held_counts_for_nothing() -> None:
    declined = (HumanDecision(kind=DecisionKind.DECLINED, decided_at_ms=NOON, decision_id="dec_1"),)
    assert sources(decisions=declined) == sources(test=True) == sources(Suspension(0)) == []


def test_progress_names_the_next_step_and_what_is_missing() -> None:
    promise = tier((2, "12"), (4, "15"))
    told = [progress_of(judge_period([counted(one) for one in range(number)], {"trm_1": promise}), promise)
            for number in range(5)]  # fmt: skip
    assert [(int(one.missing), one.percent, one.done) for one in told] == [
        (2, 0, False), (1, 50, False), (2, 50, False), (1, 75, False), (0, 100, True)
    ]  # fmt: skip
    assert [one.step and one.step.percent for one in told] == [None, None, 12, 12, 15]
    value = bonus(30_000, is_amount=True)
    assert progress_of(judge_period([counted(1)], {"trm_1": value}), value).missing == 20_000
    assert progress_of(PeriodJudgement(target_minor=0, number=0, value=Fraction(30_000)), value).done


@pytest.mark.parametrize(
    ("currency", "number", "target_minor"), [("JPY", 15, 1), ("JPY", 14, 0), ("EUR", 15, 53), ("KWD", 15, 525)]
)
def test_visits_are_multiplied_exactly_and_rounded_once(currency: str, number: int, target_minor: int) -> None:
    terms = make_terms(currency, clicks=[{"name": "visit", "per_click": "0.035"}])
    told: dict[str, Any] = {"terms": terms, "version_id": "trm_1", "day_ms": NOON, "zone": "Europe/Berlin"}
    assert judge_visits(number, terms.clicks[0], **told).target_minor == target_minor


def test_a_day_of_visits_pays_at_most_its_cap() -> None:
    terms = make_terms("EUR", views=[{"name": "seen", "per_thousand": "1", "at_most_a_day": "0.50"}])
    told: dict[str, Any] = {"terms": terms, "version_id": "trm_1", "day_ms": NOON, "zone": "Europe/Berlin"}
    assert [judge_visits(number, terms.views[0], **told).target_minor for number in (499, 501, 9000)] == [50, 50, 50]
    assert judge_visits(494, terms.views[0], **told).target_minor == 49
