"""The next payday follows the calendar that the terms name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.payday import bank_day, next_payday
from rapport.domain.terms import Calendar, Payout


@pytest.mark.parametrize(
    ("calendar", "day", "after", "payday"),
    [
        (Calendar.MONTHLY, 15, date(2026, 5, 14), date(2026, 5, 15)),
        (Calendar.MONTHLY, 15, date(2026, 5, 15), date(2026, 6, 15)),
        (Calendar.MONTHLY, 28, date(2026, 12, 30), date(2027, 1, 28)),
        (Calendar.TWICE_MONTHLY, 1, date(2026, 5, 1), date(2026, 5, 15)),
        (Calendar.TWICE_MONTHLY, 14, date(2026, 2, 28), date(2026, 3, 14)),
        (Calendar.WEEKLY, 1, date(2026, 3, 19), date(2026, 3, 23)),
        (Calendar.WEEKLY, 4, date(2026, 3, 19), date(2026, 3, 26)),
    ],
)
def test_it_is_the_first_day_of_the_calendar_after_a_day(
    calendar: Calendar, day: int, after: date, payday: date
) -> None:
    assert next_payday(Payout(0, calendar, day), after=after) == payday


@given(
    calendar=some.sampled_from(Calendar),
    day=some.integers(1, 7),
    after=some.dates(date(2024, 1, 1), date(2030, 1, 1)),
)
def test_it_never_waits_longer_than_the_calendar(calendar: Calendar, day: int, after: date) -> None:
    longest = {Calendar.WEEKLY: 7, Calendar.TWICE_MONTHLY: 17, Calendar.MONTHLY: 31}[calendar]
    payday = next_payday(Payout(0, calendar, day), after=after)
    assert after < payday <= after + timedelta(days=longest)


def test_a_payday_on_a_weekend_or_a_bank_holiday_moves_to_the_next_day_on_which_banks_work() -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 28)}
    assert bank_day(date(2026, 12, 24), is_holiday=christmas.__contains__) == date(2026, 12, 24)
    assert bank_day(date(2026, 12, 25), is_holiday=christmas.__contains__) == date(2026, 12, 29)
    assert bank_day(date(2028, 2, 26), is_holiday=christmas.__contains__) == date(2028, 2, 28)
    assert bank_day(date(2026, 12, 28), is_holiday=christmas.__contains__) == date(2026, 12, 29)
    assert bank_day(date(2026, 2, 28), is_holiday=christmas.__contains__) == date(2026, 3, 2)
