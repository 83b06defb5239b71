"""The payout calendar: on which day money that is payable at some moment is planned to be paid."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from rapport.domain.terms import Calendar, Payout

_SECOND_RUN_AFTER_DAYS = 14
_WEEK = 7
_SATURDAY = 5


def next_payday(payout: Payout, *, after: date) -> date:
    """Return the first payout day after a day; every month has the days that terms may name (1 to 28)."""
    if payout.calendar is Calendar.WEEKLY:
        wanted = (payout.day - 1) % _WEEK
        return after + timedelta(days=(wanted - after.weekday() - 1) % _WEEK + 1)
    days = _month_days(payout, after) + _month_days(payout, _next_month(after))
    return next(day for day in days if day > after)


def bank_day(day: date, *, is_holiday: Callable[[date], bool]) -> date:
    """Return the first day from this one on, on which banks work: no weekend, no bank holiday."""
    while day.weekday() >= _SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def _month_days(payout: Payout, within: date) -> list[date]:
    first = within.replace(day=payout.day)
    if payout.calendar is Calendar.TWICE_MONTHLY:
        return [first, first + timedelta(days=_SECOND_RUN_AFTER_DAYS)]
    return [first]


def _next_month(within: date) -> date:
    return within.replace(day=1) + timedelta(days=calendar.monthrange(within.year, within.month)[1])
