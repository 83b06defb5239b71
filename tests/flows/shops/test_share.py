"""What partners bring of all sales, to the last cent, by day and month, beside other channels."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rapport.apps.shops.actions import tell_channel_days
from rapport.apps.shops.actions.totals import DayTotal
from rapport.flows.shops.share import shares_of
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db


def test_partners_share_of_all_orders_by_day_and_month() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=40))
    late = datetime(2026, 2, 28, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    report_sale(program, external_id="1", total="20.00", click_ids=[click], customer_id="anna")
    report_sale(program, external_id="2", total="50.00", channel="organic", customer_status="returning")
    report_sale(program, external_id="3", total="30.00", channel="organic", customer_status="new")
    report_sale(program, external_id="4", total="11.00", click_ids=[click], customer_id="anna", at=late)
    report_sale(program, external_id="5", total="89.00", at=late)
    report_sale(program, external_id="6", total="999.00", test=True)
    report_correction(program, kind="refund", external_id="r", of="2", total="10.00")

    days = shares_of(program, from_on=date(2026, 2, 1), until_on=date(2026, 3, 31), by_month=False)
    assert [(one.begins_on, one.share) for one in days.periods] == [
        (date(2026, 3, 2), Decimal(20) / 90),
        (date(2026, 2, 28), Decimal("0.11")),
    ]
    march, february = days.periods
    assert (march.new_share, february.new_share) == (Decimal(0), Decimal(1)), "anna bought in February first"
    assert (march.everything_new.orders, february.everything_new.orders) == (1, 1)
    months = shares_of(program, from_on=date(2026, 2, 1), until_on=date(2026, 3, 31), by_month=True)
    assert [one.begins_on for one in months.periods] == [date(2026, 3, 1), date(2026, 2, 1)]
    assert [(one.name, one.part.orders, one.part.total_minor) for one in months.channels] == [
        ("", 1, 8_900),
        ("organic", 2, 7_000),
        ("partners", 2, 3_100),
    ]


def test_totals_that_are_told_stand_for_what_partners_did_not_bring() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=1))
    report_sale(program, external_id="1", total="20.00", click_ids=[click])
    report_sale(program, external_id="2", total="5.00")  # one that the totals hold as well
    day = date(2026, 3, 2)
    for total in (1, 8_000):
        told = [DayTotal(on=day, channel="organic", orders=4, total_minor=total, new_orders=1)]
        tell_channel_days(program_id=program.id, totals=told, by=STORY, at=NOON)
    shares = shares_of(program, from_on=day, until_on=day, by_month=False)
    [only] = shares.periods
    assert (only.share, only.told, only.everything.orders) == (Decimal("0.2"), True, 5)
    empty = shares_of(program, from_on=date(2020, 1, 1), until_on=date(2020, 1, 2), by_month=True)
    assert (empty.whole.share, empty.whole.new_share, list(empty.periods)) == (None, None, [])
