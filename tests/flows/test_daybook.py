"""Yesterday beside the same weekday of eight weeks, and what the end of the day brings."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rapport.apps.programs.actions import publish_terms, save_draft
from rapport.domain.terms import presets
from rapport.flows.daybook import what_comes, yesterday
from rapport.flows.settlement import join_click_facts
from tests.make.identity import STORY
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
THURSDAY = datetime(2026, 5, 7, 9, tzinfo=BERLIN)


def test_a_day_ends_at_midnight_of_the_programs_zone() -> None:
    program = make_program()
    report_sale(program, at=datetime(2026, 5, 6, 23, 59, tzinfo=BERLIN), external_id="1", total="10.00")
    report_sale(program, at=datetime(2026, 5, 7, 0, 0, tzinfo=BERLIN), external_id="2", total="20.00")
    day = yesterday(program, at=THURSDAY)
    assert (day.on, day.orders.now, day.sales_minor.now) == (date(2026, 5, 6), 1, 1000)


def test_yesterday_is_held_against_eight_same_weekdays() -> None:
    program = make_program(at=THURSDAY - timedelta(days=100))
    for week, total in enumerate(("10.00", "30.00", "20.00"), start=1):
        at = THURSDAY - timedelta(days=1, weeks=week)
        report_sale(program, at=at, external_id=str(week), total=total)
    day = yesterday(program, at=THURSDAY)
    assert day.sales_minor.before == (0, 0, 0, 0, 0, 2000, 3000, 1000)
    assert (day.sales_minor.now, day.sales_minor.usual, day.clicks.usual) == (0, 0, 0)


def test_tests_are_no_orders() -> None:
    program = make_program()
    report_sale(program, at=THURSDAY - timedelta(days=1), external_id="1", total="10.00", test=True)
    assert yesterday(program, at=THURSDAY).orders.now == 0


def test_tonight_approves_what_nobody_objected_to_and_the_next_terms_are_named() -> None:
    program = make_program()
    make_coupon(make_agreement(program), "ANNA12")
    at = datetime(2026, 4, 6, 12, tzinfo=BERLIN)
    report_sale(program, at=at, external_id="1", total="100.00", coupons=["ANNA12"])
    join_click_facts(at=at)
    save_draft(program_id=program.id, document=dict(presets()[1].document), by=STORY, at=THURSDAY)
    coming = publish_terms(program_id=program.id, effective_at=THURSDAY + timedelta(days=60), by=STORY, at=THURSDAY)
    assert yesterday(program, at=at + timedelta(days=1)).commission_minor.now == 1200
    ahead = what_comes(program, at=datetime(2026, 5, 6, 9, tzinfo=BERLIN))
    assert (ahead.approvals, ahead.approved.minor) == (1, 1200)
    assert ahead.terms == coming
    assert what_comes(program, at=at).approvals == 0
