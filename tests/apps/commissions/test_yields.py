"""What clicks brought is told apart by partner, link and what the last click of each order carried."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.yields import Selection, Yield, can_yield_by, waits, yields_by
from rapport.apps.conversions.models import NamedClick
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Link
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def ann(program: Program) -> Link:
    return make_link(make_agreement(program, name="Ann"))


@pytest.fixture
def bob(program: Program) -> Link:
    return make_link(make_agreement(program, name="Bob"))


def sell(link: Link, number: int, *, minutes: int = 10, total: str = "100.00", **facts: object) -> str:
    """Report an order some minutes after a click, with what the lake told of the click; return the click id."""
    click_id = make_click_id(link, at=NOON - timedelta(minutes=minutes))
    report_sale(link.agreement.program, external_id=str(number), total=total, click_ids=[click_id])
    if facts:
        NamedClick.objects.filter(click_id=click_id).update(facts=facts)
    return click_id


def day_of(program: Program, agreement_id: str | None = None) -> Selection:
    return Selection(program, NOON - timedelta(hours=12), NOON + timedelta(hours=12), agreement_id)


def test_orders_and_what_was_earned_are_summed_by_partner_and_link(program: Program, ann: Link, bob: Link) -> None:
    sell(ann, 1)
    sell(ann, 2, total="50.00")
    sell(bob, 3, total="10.00")

    by_partner = yields_by(day_of(program), "agreement")

    assert by_partner[ann.agreement_id] == Yield(orders=2, sales_minor=15_000, earned_minor=1_800)
    assert by_partner[bob.agreement_id] == Yield(orders=1, sales_minor=1_000, earned_minor=120)
    assert yields_by(day_of(program), "link") == {ann.id: by_partner[ann.agreement_id], bob.id: Yield(1, 1_000, 120)}
    assert set(yields_by(day_of(program, bob.agreement_id), "agreement")) == {bob.agreement_id}


def test_an_order_belongs_to_the_last_click_that_it_named(program: Program, ann: Link) -> None:
    first, last = (make_click_id(ann, at=NOON - timedelta(hours=hours)) for hours in (5, 1))
    report_sale(program, external_id="1", total="100.00", click_ids=[last, first])
    NamedClick.objects.filter(click_id=first).update(facts={"placement": "top"})
    NamedClick.objects.filter(click_id=last).update(facts={"placement": "side", "subs": {"sub3": "may"}})

    assert yields_by(day_of(program), "placement") == {"side": Yield(1, 10_000, 1_200)}
    assert yields_by(day_of(program), "sub3") == {"may": Yield(1, 10_000, 1_200)}
    assert yields_by(day_of(program), "sub4") == {"": Yield(1, 10_000, 1_200)}


def test_an_order_by_code_names_no_click(program: Program, ann: Link) -> None:
    make_coupon(ann.agreement, "ANN12")
    report_sale(program, external_id="1", total="100.00", coupons=["ANN12"])

    assert yields_by(day_of(program), "agreement") == {ann.agreement_id: Yield(1, 10_000, 1_200)}
    assert yields_by(day_of(program), "device") == {"": Yield(1, 10_000, 1_200)}
    assert sum(waits(day_of(program)).values()) == 0


def test_orders_outside_the_days_tests_and_other_programs_are_left_out(program: Program, ann: Link) -> None:
    sell(ann, 1)
    report_sale(program, external_id="2", total="100.00", test=True, click_ids=[make_click_id(ann, at=NOON)])
    stranger = make_link(make_agreement(make_program(), name="Cleo"))
    sell(stranger, 3)
    earlier = Selection(program, NOON - timedelta(days=2), NOON)

    assert yields_by(day_of(program), "agreement") == {ann.agreement_id: Yield(1, 10_000, 1_200)}
    assert yields_by(earlier, "agreement") == {}


def test_the_wait_from_click_to_order_falls_into_one_span_each(program: Program, ann: Link) -> None:
    for number, minutes in enumerate([59, 60, 24 * 60 - 1, 24 * 60, 8 * 24 * 60, 29 * 24 * 60]):
        sell(ann, number, minutes=minutes)

    assert waits(day_of(program)) == {"hour": 1, "day": 2, "week": 1, "month": 2, "longer": 0}


def test_orders_are_told_apart_by_what_their_visitor_came_with(program: Program, ann: Link) -> None:
    page = "https://blog.example/post"
    sell(ann, 1, browser="Firefox", creative="crt_1", language="de", referrer=page, referrer_host="blog.example")
    one = Yield(1, 10_000, 1_200)

    assert yields_by(day_of(program), "browser") == {"Firefox": one}
    assert yields_by(day_of(program), "creative") == {"crt_1": one}
    assert yields_by(day_of(program), "language") == {"de": one}
    assert yields_by(day_of(program), "referrer") == {"blog.example": one}


def test_why_clicks_cannot_earn_tells_no_orders_apart() -> None:
    assert [can_yield_by(one) for one in ("agreement", "link", "sub10", "referrer", "reason", "program")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
