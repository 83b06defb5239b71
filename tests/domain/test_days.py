"""Days of a program begin at its own midnight, also when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.days import DAY_MS, day_of, hold_end_ms, start_of_day_ms
from tests.make.judging import moment

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Santiago", "Asia/Beirut")


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        ("2026-03-19 22:59", "Europe/Berlin", date(2026, 3, 19)),
        ("2026-03-19 23:00", "Europe/Berlin", date(2026, 3, 20)),
        ("2026-03-19 10:59", "Pacific/Auckland", date(2026, 3, 19)),
        ("2026-03-19 11:00", "Pacific/Auckland", date(2026, 3, 20)),
    ],
)
def test_a_moment_falls_on_the_day_of_the_zone(at: str, zone: str, day: date) -> None:
    assert day_of(moment(at), zone) == day
    assert day_of(moment(at) + 999, zone) == day


def test_a_hold_over_the_change_of_the_clock_ends_at_midnight_all_the_same() -> None:
    ordered_at_ms = moment("2026-03-28 11:00")  # the night after, Berlin's clocks jump
    end_ms = hold_end_ms(ordered_at_ms, hold_days=1, zone="Europe/Berlin")
    assert end_ms == moment("2026-03-29 22:00")
    assert end_ms - start_of_day_ms(date(2026, 3, 28), "Europe/Berlin") == 2 * DAY_MS - 3_600_000


def test_a_hold_of_no_days_ends_with_the_day_of_the_order() -> None:
    assert hold_end_ms(moment("2026-03-19 21:19"), hold_days=0, zone="Asia/Kolkata") == moment("2026-03-20 18:30")


def test_where_midnight_is_skipped_the_day_begins_with_the_first_moment_there_is() -> None:
    # In Santiago 8 September 2024 began at 1 o'clock.
    start = datetime.fromtimestamp(start_of_day_ms(date(2024, 9, 8), "America/Santiago") / 1000, UTC)
    assert start.astimezone(ZoneInfo("America/Santiago")).isoformat() == "2024-09-08T01:00:00-03:00"


@given(
    at_ms=some.integers(moment("2024-01-01"), moment("2028-01-01")),
    hold_days=some.integers(0, 400),
    zone=some.sampled_from(ZONES),
)
def test_a_hold_ends_with_the_first_moment_after_its_last_day(at_ms: int, hold_days: int, zone: str) -> None:
    end_ms = hold_end_ms(at_ms, hold_days=hold_days, zone=zone)
    last_day = day_of(at_ms, zone) + timedelta(days=hold_days)
    assert day_of(end_ms - 1, zone) == last_day
    assert day_of(end_ms, zone) == last_day + timedelta(days=1)
