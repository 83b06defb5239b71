"""A link is full when its clicks have come up to its cap, and not one click before."""

from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.caps import FOR_GOOD_MS, Cap, Counts, full_until_ms

NUMBERS = st.integers(min_value=1, max_value=50)
CAPS = st.builds(Cap, st.none() | NUMBERS, st.none() | NUMBERS)
TONIGHT_MS = 1_000


def test_a_day_is_full_until_it_ends_and_a_total_for_good() -> None:
    assert full_until_ms(Cap(per_day=3), Counts(of_day=3, in_total=90), day_ends_ms=TONIGHT_MS) == TONIGHT_MS
    assert full_until_ms(Cap(in_total=90), Counts(of_day=3, in_total=90), day_ends_ms=TONIGHT_MS) == FOR_GOOD_MS
    both = Cap(per_day=3, in_total=90)
    assert full_until_ms(both, Counts(of_day=3, in_total=90), day_ends_ms=TONIGHT_MS) == FOR_GOOD_MS


@given(CAPS, st.integers(0, 60), st.integers(0, 60))
def test_it_is_full_exactly_where_a_count_has_reached_its_number(cap: Cap, of_day: int, before: int) -> None:
    counts = Counts(of_day=of_day, in_total=before + of_day)
    room = (cap.per_day is None or of_day < cap.per_day) and (cap.in_total is None or counts.in_total < cap.in_total)
    assert (full_until_ms(cap, counts, day_ends_ms=TONIGHT_MS) is None) == room


@given(CAPS, CAPS, st.integers(0, 60), st.integers(0, 60))
def test_of_two_caps_whichever_is_reached_first_holds(one: Cap, other: Cap, of_day: int, before: int) -> None:
    counts = Counts(of_day=of_day, in_total=before + of_day)
    each = [full_until_ms(cap, counts, day_ends_ms=TONIGHT_MS) for cap in (one, other)]
    reached = [until for until in each if until is not None]
    assert full_until_ms(one.within(other), counts, day_ends_ms=TONIGHT_MS) == max(reached, default=None)
    assert one.within(other) == other.within(one)
