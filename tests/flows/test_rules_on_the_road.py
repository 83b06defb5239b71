"""Terms that ask more than the kind, through the doors: baskets and facts that arrive early, late, or by hearsay."""

from typing import Any

import pytest

from rapport.apps.commissions.models import Attribution, Commission
from rapport.apps.conversions.inputs import ConversionInput
from rapport.apps.conversions.models import Conversion, ConversionLine, Door
from rapport.apps.conversions.reading import read_conversion
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.domain.judgement import Outcome
from rapport.flows.doctor import run_checks
from rapport.flows.explaining import explain
from rapport.flows.explaining.order import tell_order
from rapport.flows.intake import take_conversions
from rapport.flows.offers import load_offer
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db

SHOES = {"product": "S-1", "name": "Boots", "category": "Shoes", "price": "60.00", "cost": "20.00"}
HATS = {"product": "H-1", "category": "Hats", "quantity": "2", "price": "20.00"}
RULES = [
    {"name": "shoes", "when": {"kind": "sale", "category": ["shoes"]}, "pay": {"percent": "20"}, "at_most": "10.00"},
    {"name": "abroad", "when": {"kind": "sale", "country": ["AT", "CH"]}, "pay": {"flat": "1.00"}},
    {"name": "rest", "when": {"kind": "sale"}, "pay": {"percent": "5"}},
]


@pytest.fixture
def program() -> Program:
    program = make_program(document={"language": 1, "rules": RULES})
    make_coupon(make_agreement(program), "ANNA")
    return program


def sale(program: Program, **given: Any) -> None:  # noqa: ANN401 - any field of a report
    report_sale(program, external_id="1", total="100.00", coupons=["ANNA"], **given)


def booked() -> int:
    return sum(row.accrued_minor for row in Commission.objects.all())


def test_each_line_of_a_basket_is_paid_by_its_rule_and_explained(program: Program) -> None:
    sale(program, lines=[SHOES, HATS])
    assert booked() == 1_000 + 200

    told = explain(Commission.objects.get(), at=NOON)
    assert [
        (row.label, row.factor or (row.amount and row.amount.minor))
        for row in told.formula
        if row.label.startswith("shoes")
    ] == [
        ("shoes: Part of the order", "× 3/5"),
        ("shoes: Basis of the rule", 6_000),
        ("shoes: Rate", "× 20 %"),
        ("shoes: At most", 1_000),
        ("shoes: The rule pays, exactly", 1_000),
    ]
    assert told.rules == (
        "The rule “shoes” pays 10.00 EUR.",
        "The rule “rest” pays 2.00 EUR.",
        "The rule “abroad” pays nothing: it asks for the country: at or ch; the order does not tell it.",
    )


def test_a_refund_takes_from_every_rule_in_proportion_and_all_of_it_leaves_nothing(program: Program) -> None:
    sale(program, lines=[SHOES, HATS])
    report_correction(program, kind="refund", external_id="r", of="1", total="50.00")
    assert booked() == 600 + 100
    report_correction(program, kind="cancel", external_id="c", of="1")
    assert booked() == 0


@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_told_later_is_paid_as_if_it_had_been_told_at_once(program: Program, reverse: bool) -> None:
    parts: list[dict[str, Any]] = [{"country": "AT"}, {"lines": [SHOES, HATS]}]
    for part in reversed(parts) if reverse else parts:
        sale(program, **part)
    assert ConversionLine.objects.count() == 2
    assert booked() == 1_000 + 100


def test_a_basket_stays_as_it_was_told_first(program: Program) -> None:
    sale(program, lines=[SHOES])
    sale(program, lines=[HATS])
    assert [row.product for row in ConversionLine.objects.all()] == ["S-1"]
    assert booked() == 1_000


def test_what_a_page_told_of_an_order_gives_way_to_the_server(program: Program) -> None:
    fields = {"kind": "sale", "currency": "EUR", "occurred_at": NOON, "external_id": "1", "total": "100.00"}
    hearsay = read_input(ConversionInput, {**fields, "country": "AT", "coupons": ["ANNA"], "lines": [SHOES]})
    offer = load_offer(program.id)
    read = read_conversion(hearsay, frame=offer.frame, received_at=NOON, confirmed=False)
    take_conversions([read], offer=offer, door=Door.SCRIPT, by=STORY, at=NOON)
    assert ConversionLine.objects.count() == 0
    sale(program)
    assert Conversion.objects.get().country == ""
    assert booked() == 500


def test_an_order_that_no_rule_fits_earns_nothing_and_says_so() -> None:
    program = make_program(document={"language": 1, "rules": RULES[:1]})
    make_coupon(make_agreement(program), "ANNA")
    sale(program, lines=[HATS])
    assert not Commission.objects.exists()
    assert Attribution.objects.get().outcome == Outcome.NO_RULE_MATCHES
    told = tell_order(Conversion.objects.get())
    assert told.outcome == "nobody earns, because no rule of the terms fits this order"
    assert told.weighed[0].sentence == "No rule of the terms fits this order; the rule “shoes” comes first among them."


def test_a_partner_is_paid_by_what_it_does() -> None:
    rules = [
        {"name": "bloggers", "when": {"kind": "sale", "segment": ["blogger"]}, "pay": {"percent": "15"}},
        {"name": "others", "when": {"kind": "sale"}, "pay": {"percent": "3"}},
    ]
    program = make_program(document={"language": 1, "rules": rules})
    make_coupon(make_agreement(program), "ANNA")
    sale(program)
    assert booked() == 1_500


def test_the_doctor_judges_all_of_it_again_to_the_same_cent(program: Program) -> None:
    sale(program, lines=[SHOES, HATS], country="AT")
    assert next(check for check in run_checks() if check.name == "commissions as booked").problems == ()
