"""When few orders are an alarm: examples of shops large and small, and what holds for any numbers."""

from fractions import Fraction
from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.quiet import DOUBT, are_too_few, chance_of_at_most, has_fallen, least_expected

counts = st.integers(min_value=0, max_value=400)
weeks = st.lists(counts, max_size=4)


@pytest.mark.parametrize(
    ("seen", "before", "alarm"),
    [
        (0, [], False),  # a new shop: nothing is known
        (0, [0, 0, 0, 0], False),  # never an order at this hour
        (0, [3, 2, 4, 3], False),  # 12 in four weeks: none now happens every other month
        (0, [12, 13, 13, 13], False),  # 0.8 ** 51 is still above one in a hundred thousand
        (0, [13, 13, 13, 13], True),
        (1, [13, 13, 13, 13], False),
        (0, [52, 0, 0, 0], False),  # one burst is no habit
        (0, [20, 20, 20, 0], True),  # one week without is no excuse
        (3, [30, 28, 33, 31], True),
        (14, [30, 28, 33, 31], False),
        (5_000, [9_900, 10_100, 10_000, 10_000], False),  # half is no alarm, however unlikely
        (4_000, [9_900, 10_100, 10_000, 10_000], True),
        (0, [18], True),  # a week of history is enough where it is rich
        (0, [16], False),
    ],
)
def test_few_orders_are_an_alarm_where_they_cannot_be_chance(seen: int, before: list[int], alarm: bool) -> None:
    assert are_too_few(seen, before) is alarm


@given(seen=counts, before=weeks)
def test_fewer_orders_never_end_an_alarm(seen: int, before: list[int]) -> None:
    assert not are_too_few(seen + 1, before) or are_too_few(seen, before)


@given(before=weeks)
def test_the_edge_of_the_band_parts_alarm_from_none(before: list[int]) -> None:
    edge = least_expected(before)
    assert not are_too_few(edge, before)
    assert edge == 0 or are_too_few(edge - 1, before)


@given(seen=st.integers(0, 40), trials=st.integers(0, 60), weeks=st.integers(1, 4))
def test_the_chance_is_the_binomial_one(seen: int, trials: int, weeks: int) -> None:
    share = Fraction(1, weeks + 1)
    exact = sum(comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(min(seen, trials) + 1))
    assert chance_of_at_most(seen, trials=trials, weeks=weeks) == exact


@given(seen=st.integers(0, 3), trials=st.integers(0, 7), weeks=st.integers(1, 3))
def test_the_chance_is_what_counting_every_case_gives(seen: int, trials: int, weeks: int) -> None:
    cases = list(product(range(weeks + 1), repeat=trials))
    assert chance_of_at_most(seen, trials=trials, weeks=weeks) == Fraction(
        sum(1 for case in cases if case.count(0) <= seen), len(cases)
    )


@pytest.mark.parametrize(
    ("now", "before", "alarm"),
    [
        ((0, 0), (90, 100), False),
        ((0, 30), (0, 100), False),
        ((0, 3), (50, 100), False),  # three without: one in eight
        ((0, 30), (50, 100), True),
        ((13, 30), (50, 100), False),
        ((1, 40), (90, 100), True),
        ((0, 400), (2, 1_000), False),  # hardly any click ids before: nothing can be said
    ],
)
def test_a_lost_click_id_shows_in_the_share(now: tuple[int, int], before: tuple[int, int], alarm: bool) -> None:
    assert has_fallen(now, before) is alarm


@given(all_now=st.integers(1, 40), all_before=st.integers(1, 80), data=st.data())
def test_the_share_is_judged_by_the_exact_chance(all_now: int, all_before: int, data: st.DataObject) -> None:
    with_now = data.draw(st.integers(0, all_now))
    with_before = data.draw(st.integers(0, all_before))
    marked, everything = with_now + with_before, all_now + all_before
    chance = Fraction(
        sum(comb(marked, k) * comb(everything - marked, all_now - k) for k in range(with_now + 1)),
        comb(everything, all_now),
    )
    halved = 2 * with_now * all_before < with_before * all_now
    assert has_fallen((with_now, all_now), (with_before, all_before)) is (halved and chance < DOUBT)
