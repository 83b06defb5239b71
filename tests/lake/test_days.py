"""Days are the days of a time zone, also when the clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.lake.days import days_between
from tests.lake.traffic import at

HOUR_MS = 3_600_000
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # changed its clocks at midnight: some days begin at one o'clock
    "America/Havana",  # sets its clocks back to midnight: some days begin with an hour that comes twice
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",  # left a whole day out
    "UTC",
]
MOMENTS = st.integers(at("1990-01-01"), at("2037-12-31"))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Havana", "2025-11-02", 25),
        ("Europe/Berlin", "2026-05-04", 24),
    ],
)
def test_a_day_on_which_the_clocks_change_has_its_own_length(zone: str, day: str, hours: int) -> None:
    noon = int(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000

    [found] = days_between(noon, noon + 1, zone=zone)

    assert found.on == date.fromisoformat(day)
    assert found.ends_ms - found.starts_ms == hours * HOUR_MS


@given(moment=MOMENTS, length=st.integers(1, 40 * 24 * HOUR_MS), zone=st.sampled_from(ZONES))
def test_days_follow_each_other_and_hold_every_moment(moment: int, length: int, zone: str) -> None:
    days = days_between(moment, moment + length, zone=zone)

    assert days[0].starts_ms <= moment < days[0].ends_ms
    assert days[-1].starts_ms < moment + length <= days[-1].ends_ms
    assert [day.ends_ms for day in days[:-1]] == [day.starts_ms for day in days[1:]]
    assert all(edge % (HOUR_MS // 4) == 0 for day in days for edge in (day.starts_ms, day.ends_ms))


@given(moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_a_moment_lies_in_the_day_that_its_calendar_shows(moment: int, zone: str) -> None:
    [day] = days_between(moment, moment + 1, zone=zone)

    assert day.on == datetime.fromtimestamp(moment // 1000, tz=UTC).astimezone(ZoneInfo(zone)).date()


def test_no_time_has_no_days() -> None:
    assert days_between(5, 5, zone="UTC") == []


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        days_between(0, 1, zone="Europe/Atlantis")
