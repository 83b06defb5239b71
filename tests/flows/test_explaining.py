"""Every cent says where it comes from, in the same words for everybody."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.domain.money import Money
from rapport.flows.declining import decline_conversion
from rapport.flows.explaining import explain
from tests.make.identity import NOON, STORY
from tests.make.road import (
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db


def test_a_refunded_order_is_explained_from_click_to_payday() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program), placement="review-box"), at=NOON - timedelta(days=3))
    report_sale(program, external_id="10428", total="128.92", tax="19.80", shipping="4.90", click_ids=[click])
    report_correction(
        program, kind="refund", external_id="rf-1", of="10428", total="64.46", at=NOON + timedelta(days=1)
    )

    told = explain(Commission.objects.get(), at=NOON + timedelta(days=2))

    assert told.amount == Money(625, "EUR")
    assert [step.heading for step in told.steps] == [
        "A visitor clicks",
        "The shop reports sale 10428",
        "Booked",
        "The order was corrected",
        "Approved, if nobody objects",
        "Paid",
    ]
    assert [row.amount.minor for row in told.formula if row.amount] == [12892, -490, -1980, 10422, -5211, 5211, 625]
    assert told.formula[-2].factor == "6.2532"
    assert told.partner.word == "waiting"
    assert told.promise.sentences == ("You earn 12 % of every sale.",)
    assert [(row.source, row.destination, row.amount.minor) for row in told.entries] == [
        ("Commission expense", "Accrued", 1251),
        ("Accrued", "Commission expense", 626),
    ]
    assert [one.won for one in told.considered] == [True]


def test_a_code_that_earns_is_told_without_a_click() -> None:
    program = make_program()
    make_coupon(make_agreement(program), "ANNA12")
    report_sale(program, external_id="1", total="10.00", coupons=["ANNA12"])

    told = explain(Commission.objects.get(), at=NOON)

    assert told.steps[0].heading == "The shop reports sale 1"
    assert "ANNA12" in told.steps[0].sentence


def test_the_other_partners_touch_is_never_named() -> None:
    program = make_program()
    loser, winner = make_agreement(program, name="Code Jar"), make_agreement(program, name="Slow Mornings")
    early = make_click_id(make_link(loser), at=NOON - timedelta(days=9))
    late = make_click_id(make_link(winner), at=NOON - timedelta(days=1))
    report_sale(program, external_id="1", total="100.00", click_ids=[early, late])

    told = explain(Commission.objects.get(), at=NOON)

    lost = next(one for one in told.considered if not one.won)
    assert (lost.heading, lost.sentence) == ("Click of another partner", "A newer click earns.")
    assert "Code Jar" not in str(told)
    assert early not in str(told)


def test_a_code_of_another_partner_is_told_without_the_code() -> None:
    program = make_program()
    clicked, coded = make_agreement(program, name="Slow Mornings"), make_agreement(program, name="Code Jar")
    click = make_click_id(make_link(clicked), at=NOON - timedelta(days=1))
    make_coupon(coded, "JAR15")
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    report_sale(program, external_id="1", total="100.00", click_ids=[click], coupons=["JAR15"])

    told = explain(Commission.objects.get(agreement=clicked), at=NOON)

    assert ("Code of another partner", True) in [(one.heading, one.won) for one in told.considered]
    assert "JAR15" not in str(told)


def test_a_partner_reads_what_a_person_decided_and_why() -> None:
    program = make_program()
    make_coupon(make_agreement(program), "ANNA12")
    sale = report_sale(program, external_id="1", total="10.00", coupons=["ANNA12"]).conversion
    decline_conversion(conversion=sale, code="fraud", reason="The card was stolen.", by=STORY, at=NOON)

    told = explain(Commission.objects.get(), at=NOON)

    assert ("Declined", "Fraud: The card was stolen.") in [(step.heading, step.sentence) for step in told.steps]
