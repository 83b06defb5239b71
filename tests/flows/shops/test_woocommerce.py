"""WooCommerce from message to commission: its statuses, its refunds, its removed orders, a second shop beside it."""

from datetime import timedelta
from itertools import permutations

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, NamedCoupon
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import ShopDelivery
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.simulating import Sent
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.flows.shops.arriving import take_message
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program
from tests.make.shops import deliver, make_shop

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_an_order_through_a_link_earns_and_its_customer_is_a_hash() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - HOUR)
    shop = make_shop(program, "woocommerce", shop_there)
    shop_there.order("119.00", at=NOON, click_id=click, total_tax="19.00")
    deliver(shop, shop_there)
    conversion = Conversion.objects.get()
    assert (conversion.external_id, conversion.tax_minor, conversion.country) == ("1001", 1_900, "DE")
    assert conversion.customer is not None
    assert "example.com" not in conversion.customer.key
    assert Commission.objects.get().accrued_minor == 1_200


def test_the_same_buyer_is_one_customer_and_two_programs_cannot_tell() -> None:
    keys = []
    for _ in range(2):
        program, shop_there = make_program(), WooCommerceSimulator()
        shop = make_shop(program, "woocommerce", shop_there)
        for _ in range(2):
            shop_there.order("10.00", at=NOON, billing={"email": " Anna@Example.com "})
        deliver(shop, shop_there)
        found = Conversion.objects.filter(program=program).values_list("customer__key", flat=True)
        assert len(set(found)) == 1
        keys.append(found[0])
    assert keys[0] != keys[1]


def test_a_code_and_an_old_parameter_name_the_partner() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    make_coupon(make_agreement(program), "ANNA12")
    shop = make_shop(program, "woocommerce", shop_there)
    shop_there.order("100.00", at=NOON, codes=("anna12",))
    shop_there.order("100.00", at=NOON, meta_data=[{"key": "_rapport_ref", "value": "anna12"}])
    deliver(shop, shop_there)
    assert list(NamedCoupon.objects.values_list("code", flat=True)) == ["ANNA12", "ANNA12"]
    assert sorted(Commission.objects.values_list("accrued_minor", flat=True)) == [1_200, 1_200]


def test_edits_refunds_and_statuses_end_the_same_in_any_order() -> None:
    outcomes = set()
    for order in list(permutations(range(4)))[::4]:
        program, shop_there = make_program(), WooCommerceSimulator()
        shop = make_shop(program, "woocommerce", shop_there)
        number = shop_there.order("100.00", at=NOON)["id"]
        shop_there.change(number, at=NOON + HOUR, total="80.00")
        shop_there.refund(number, "30.00", at=NOON + 2 * HOUR)
        shop_there.change(number, at=NOON + 3 * HOUR, status="completed")
        for position in order:
            deliver(shop, shop_there, [shop_there.sent[position]], at=NOON + 4 * HOUR)
        conversion = Conversion.objects.get(program=program)
        outcomes.add((conversion.remaining_minor, conversion.in_conflict))
    assert outcomes == {(5_000, False)}


def test_an_order_that_failed_and_is_paid_after_all_counts_again() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    shop = make_shop(program, "woocommerce", shop_there)
    number = shop_there.order("100.00", at=NOON)["id"]
    shop_there.refund(number, "10.00", at=NOON + HOUR)
    shop_there.change(number, at=NOON + 2 * HOUR, status="cancelled")
    deliver(shop, shop_there, at=NOON + 3 * HOUR)
    assert Conversion.objects.get().remaining_minor == 0
    shop_there.change(number, at=NOON + 4 * HOUR, status="processing")
    deliver(shop, shop_there, at=NOON + 5 * HOUR)
    assert Conversion.objects.get().remaining_minor == 9_000


def test_a_refund_that_is_removed_gives_the_commission_back_in_any_order_of_arrival() -> None:
    for order in permutations(range(3)):
        program, shop_there = make_program(), WooCommerceSimulator()
        shop = make_shop(program, "woocommerce", shop_there)
        number = shop_there.order("100.00", at=NOON)["id"]
        shop_there.refund(number, "10.00", at=NOON + HOUR)
        shop_there.change(number, at=NOON + 2 * HOUR, refunds=[])
        deliver(shop, shop_there, [shop_there.sent[position] for position in order], at=NOON + 3 * HOUR)
        assert Conversion.objects.get(program=program).remaining_minor == 10_000, order


def test_what_was_never_paid_is_no_order_even_when_its_messages_come_backwards() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    shop = make_shop(program, "woocommerce", shop_there)
    number = shop_there.order("100.00", at=NOON, status="pending")["id"]
    shop_there.change(number, at=NOON + HOUR, status="processing")
    shop_there.change(number, at=NOON + 2 * HOUR, status="failed")
    deliver(shop, shop_there, reversed(shop_there.sent), at=NOON + 3 * HOUR)
    assert not Conversion.objects.exists()
    assert set(ShopDelivery.objects.values_list("state", flat=True)) == {"ignored"}


def test_a_removed_order_is_worth_nothing() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    shop = make_shop(program, "woocommerce", shop_there)
    shop_there.remove(shop_there.order("100.00", at=NOON)["id"])
    unknown = Sent("order.deleted", b'{"id": 77}')
    deliver(shop, shop_there, [*shop_there.sent, unknown], at=NOON + HOUR)
    assert Conversion.objects.get().remaining_minor == 0
    assert ShopDelivery.objects.filter(topic="order.deleted", state="ignored").count() == 1


def test_a_removal_that_is_told_before_the_order_is_remembered() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    shop = make_shop(program, "woocommerce", shop_there, prefix="b-")
    order = shop_there.order("100.00", at=NOON)
    shop_there.remove(order["id"])
    deliver(shop, shop_there, reversed(shop_there.sent), at=NOON + HOUR)
    assert not Conversion.objects.exists(), "the creation came last and does not count"
    assert set(ShopDelivery.objects.values_list("state", flat=True)) == {"ignored"}
    shop_there.orders[order["id"]] = order
    shop_there.change(order["id"], at=NOON + 2 * HOUR)
    deliver(shop, shop_there, shop_there.sent[-1:], at=NOON + 2 * HOUR)
    assert Conversion.objects.get().remaining_minor == 10_000, "it was brought back"


def test_a_renewal_is_of_its_own_kind_and_a_renewal_without_one_is_a_sale() -> None:
    program, shop_there = make_program(), WooCommerceSimulator()
    shop = make_shop(program, "woocommerce", shop_there)
    shop_there.order("10.00", at=NOON, created_via="subscription", status="shipped-by-us", billing={}, customer_id=7)
    deliver(shop, shop_there)
    assert Conversion.objects.get().kind == "sale"


def test_two_shops_that_count_from_one_are_told_apart() -> None:
    program = make_program()
    for _ in range(2):
        shop_there = WooCommerceSimulator()
        shop_there.refund(shop_there.order("100.00", at=NOON)["id"], "40.00", at=NOON + HOUR)
        deliver(make_shop(program, "woocommerce", shop_there), shop_there, at=NOON + HOUR)
    found = dict(Conversion.objects.values_list("external_id", "remaining_minor"))
    assert found == {"1001": 6_000, "2:1001": 6_000}


def test_the_first_message_of_a_webhook_is_answered_and_kept_nowhere() -> None:
    shop = make_shop(make_program(), "woocommerce", WooCommerceSimulator())
    assert not take_message(shop, Message({}, b"webhook_id=12", NOON))
    for body in (b"webhook_id=12&x=1", b"{}"):
        with pytest.raises(NotProven):
            take_message(shop, Message({"x-wc-webhook-signature": "ä"}, body, NOON))
    assert not ShopDelivery.objects.exists()


def test_other_messages_and_such_that_cannot_be_read_say_so() -> None:
    shop_there = WooCommerceSimulator()
    shop = make_shop(make_program(), "woocommerce", shop_there)
    good = shop_there.order("100.00", at=NOON)
    bodies = [
        Sent("coupon.created", b"{}"),
        Sent("order.updated", b"[]"),
        Sent("order.updated", b"{"),
        Sent("order.updated", b'{"id": 1, "currency": "XXX", "date_created_gmt": "2026-03-02T12:00:00"}'),
        Sent("order.updated", b'{"id": 2, "currency": "EUR", "date_created_gmt": "noon"}'),
        Sent("order.updated", b'{"id": 3, "currency": "EUR", "date_created_gmt": "2026-03-02", "total": "1e999"}'),
        Sent("order.updated", b'{"id": 4, "currency": "EUR", "date_created_gmt": "2026-03-02", "total": "1.999"}'),
        Sent("order.updated", b'{"currency": "EUR", "date_created_gmt": "2026-03-02", "total": "1"}'),
    ]
    deliver(shop, shop_there, bodies)
    said = {row.outcomes[0]["sentence"] for row in ShopDelivery.objects.all()}
    assert said == {
        "Nothing is counted by this kind of event.",
        "The body holds no object.",
        "The body is no JSON.",
        "XXX is no currency that is known here.",
        "date_created is no moment.",
        "“1e999” is not an amount.",
        "“1.999” is not an amount.",
        "id is missing.",
    }
    assert good["total"] == "100.00"
