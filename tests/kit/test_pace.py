"""Portions grow and shrink with the time that they take."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from rapport.kit.pace import LEAST, MOST, portions


class Stopwatch:
    """A clock that moves only when somebody works."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def sizes(*, cost_s: float, own_s: float, number: int = 2_000) -> list[int]:
    """Return how large the portions are where each thing costs so much, and each portion something of its own."""
    watch, found = Stopwatch(), []
    for portion in portions(range(number), timer=watch):
        found.append(len(portion))
        watch.now_s += own_s + len(portion) * cost_s
    return found


def test_a_fast_machine_takes_as_many_as_fit_and_no_more() -> None:
    settled = sizes(cost_s=0.0005, own_s=0.008)[-5:-1]
    assert all(55 <= size <= 66 for size in settled)


def test_a_slow_machine_takes_fewer() -> None:
    assert sizes(cost_s=0.002, own_s=0.008)[-3] < 20


def test_portions_stay_between_the_least_and_the_most_however_long_things_take() -> None:
    assert min(sizes(cost_s=1.0, own_s=0)[:-1]) == LEAST
    assert max(sizes(cost_s=0, own_s=0)) == MOST


def test_a_portion_grows_by_half_at_most() -> None:
    found = sizes(cost_s=0, own_s=0)
    assert found[:3] == [40, 60, 90]


@given(number=st.integers(0, 500), cost_s=st.floats(0, 0.01), own_s=st.floats(0, 0.05))
def test_every_thing_comes_once_and_in_order(number: int, cost_s: float, own_s: float) -> None:
    watch, came = Stopwatch(), []
    for portion in portions(range(number), timer=watch):
        came += portion
        watch.now_s += own_s + len(portion) * cost_s
    assert came == list(range(number))


def test_things_are_fetched_only_when_their_turn_comes() -> None:
    endless = iter(int, 1)
    assert [len(portion) for portion in islice(portions(endless, first=3, timer=Stopwatch()), 2)] == [3, 10]
