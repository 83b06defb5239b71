"""Public ids sort as things were made, and cannot be guessed."""

from datetime import UTC, datetime, timedelta

from rapport.kit.ids import earliest_id, made_ms, new_id

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_id("cnv", at=NOON + timedelta(milliseconds=index // 100)) for index in range(40_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {len(one) for one in made} == {len("cnv_") + 26}


def test_two_moments_in_turn_keep_their_orders_apart() -> None:
    earlier, later = zip(
        *[(new_id("cnv", at=NOON), new_id("cnv", at=NOON + timedelta(hours=1))) for _ in range(2_000)], strict=True
    )
    assert list(earlier) == sorted(earlier)
    assert list(later) == sorted(later)
    assert max(earlier) < min(later)


def test_more_than_a_millisecond_can_number_are_still_different() -> None:
    made = [new_id("cnv", at=NOON + timedelta(days=1)) for _ in range(33_000)]
    assert len(set(made)) == len(made)


def test_the_moment_can_be_read_back() -> None:
    assert made_ms(new_id("cnv", at=NOON)) == int(NOON.timestamp() * 1000)
    assert made_ms("cnv_") == made_ms("nothing") == -1
    assert earliest_id("cnv", at=NOON) < new_id("cnv", at=NOON)
    assert earliest_id("cnv", at=NOON) > new_id("cnv", at=NOON - timedelta(milliseconds=1))


def test_the_next_id_cannot_be_told_from_the_last() -> None:
    tails = {new_id("cnv", at=NOON)[-13:] for _ in range(1_000)}
    assert len(tails) == 1_000
