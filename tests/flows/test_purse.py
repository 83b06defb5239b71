"""A partner's money: three sums of postings, and every commission with its word."""

from datetime import date, timedelta

import pytest

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.partners.models import Agreement
from rapport.domain.money import Money
from rapport.flows.declining import decline_conversion
from rapport.flows.purse import purse_of, rows_for_partner
from rapport.flows.settlement import approve_due, join_click_facts
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    """A partner with two orders of noon: 12.00 and 24.00 EUR of commission."""
    agreement = make_agreement(make_program())
    click_id = make_click_id(make_link(agreement), at=NOON - timedelta(hours=1))
    for number, total in (("1", "100.00"), ("2", "200.00")):
        report_sale(agreement.program, external_id=number, total=total, click_ids=[click_id])
    join_click_facts(at=NOON + timedelta(hours=1))
    return agreement


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_what_waits_is_told_with_the_day_on_which_its_hold_ends(agreement: Agreement) -> None:
    purse = purse_of(agreement, at=NOON)
    assert (purse.waiting, purse.yours, purse.paid) == (eur(3600), eur(0), eur(0))
    # Thirty days after the second of March end at the midnight before the second of April, in Berlin.
    assert (purse.waiting_count, purse.waiting_until) == (2, date(2026, 4, 2))
    # The fifteenth is a Sunday: banks work on the day after.
    assert purse.payday == date(2026, 3, 16)
    assert [purse_of(agreement, at=NOON + timedelta(days=days)).waiting_passed for days in (0, 15)] == [0, 49]


def test_what_was_approved_is_yours_and_a_refund_takes_its_part(agreement: Agreement) -> None:
    later = NOON + timedelta(days=31)
    approve_due(at=later)
    assert purse_of(agreement, at=later).yours == eur(3600)
    report_correction(agreement.program, at=later, kind="refund", external_id="r", of="2", total="100.00")
    purse = purse_of(agreement, at=later)
    assert (purse.waiting, purse.waiting_count, purse.waiting_until) == (eur(0), 0, None)
    assert purse.yours == eur(2400)


def test_every_commission_has_its_word_its_way_and_how_far_its_hold_is(agreement: Agreement) -> None:
    rows = rows_for_partner(commissions_of_agreement(agreement.id).order_by("accrued_minor"), at=NOON)
    assert [(row.order, row.amount, row.word.word, row.track, row.passed) for row in rows] == [
        ("1", eur(1200), "waiting", "waiting", 0),
        ("2", eur(2400), "waiting", "waiting", 0),
    ]
    halfway = rows_for_partner(commissions_of_agreement(agreement.id), at=NOON + timedelta(days=15))
    assert {row.passed for row in halfway} == {49}
    late = rows_for_partner(commissions_of_agreement(agreement.id), at=NOON + timedelta(days=400))
    assert {row.passed for row in late} == {100}


def test_a_partner_without_anything_has_zeros(agreement: Agreement) -> None:
    rival = make_agreement(agreement.program, name="Deal Otter")
    purse = purse_of(rival, at=NOON)
    assert (purse.waiting, purse.yours, purse.paid, purse.waiting_until) == (eur(0), eur(0), eur(0), None)
    assert rows_for_partner(commissions_of_agreement(rival.id), at=NOON) == []


def test_what_is_declined_says_until_when_a_reply_counts_and_what_is_held_says_why(agreement: Agreement) -> None:
    first, second = commissions_of_agreement(agreement.id).order_by("accrued_minor")
    assert first.conversion
    assert second.conversion
    decline_conversion(conversion=first.conversion, code="fraud", reason="Stolen", by=STORY, at=NOON)
    report_sale(agreement.program, external_id=second.conversion.external_id, total="90.00")
    rows = rows_for_partner(commissions_of_agreement(agreement.id).order_by("accrued_minor"), at=NOON)
    assert [row.word.sentence for row in rows] == [
        "declined, you may reply until 16 March 2026",
        (
            "held until a person has looked at it: "
            "The order was reported with two different amounts; the lower one counts meanwhile."
        ),
    ]
    late = rows_for_partner(commissions_of_agreement(agreement.id), at=NOON + timedelta(days=20))
    assert "declined" in {row.word.sentence for row in late}
