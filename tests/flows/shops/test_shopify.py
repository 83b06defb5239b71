"""Shopify from message to commission: edits without money, money without goods, cancellations, renewals."""

import json
from datetime import timedelta
from itertools import permutations
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Correction
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import ShopDelivery
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import Sent, serve
from rapport.flows.shops.arriving import take_message
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program
from tests.make.shops import deliver, make_shop

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def left() -> int:
    return Conversion.objects.get().remaining_minor


def test_the_cart_carries_the_click_into_the_order() -> None:
    program, shopify = make_program(), ShopifySimulator()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - HOUR)
    shop = make_shop(program, "shopify", shopify)
    shopify.order("119.00", at=NOON, click_id=click, current_total_tax="19.00", customer={"id": 9, "orders_count": 1})
    shopify.order(
        "50.00", at=NOON, landing_site=f"/?rpid={click}", referring_site="https://blog.example/x", customer={}
    )
    deliver(shop, shopify)
    first, second = Conversion.objects.order_by("-total_minor")
    assert (first.tax_minor, first.customer_status, first.channel) == (1_900, "new", "web")
    assert (second.source, second.landing_url) == ("blog.example", f"/?rpid={click}")
    assert sorted(Commission.objects.values_list("accrued_minor", flat=True)) == [600, 1_200]


def test_shipping_is_counted_without_its_tax() -> None:
    program, shopify = make_program(), ShopifySimulator()
    line = {"price": "5.95", "tax_lines": [{"price": "0.95"}]}
    shop = make_shop(program, "shopify", shopify)
    shopify.order("119.00", at=NOON, shipping_lines=[line], current_total_tax="19.00")
    shopify.order("119.00", at=NOON, shipping_lines=[line], current_total_tax="19.00", taxes_included=False)
    deliver(shop, shopify)
    assert sorted(Conversion.objects.values_list("shipping_minor", flat=True)) == [500, 595]


def test_what_is_left_is_the_smaller_of_worth_and_payment() -> None:
    for order in list(permutations(range(4)))[::4]:
        program, shopify = make_program(), ShopifySimulator()
        shop = make_shop(program, "shopify", shopify)
        number = shopify.order("100.00", at=NOON)["id"]
        shopify.edit(number, "80.00", at=NOON + HOUR)
        shopify.refund(number, "30.00", at=NOON + 2 * HOUR)
        messages = [sent for sent in shopify.sent if sent.topic != "orders/edited"]
        for position in order:
            deliver(shop, shopify, [messages[position]], at=NOON + 3 * HOUR)
        assert Conversion.objects.get(program=program).remaining_minor == shopify.left()[str(number)] == 5_000


def test_money_given_back_for_nothing_is_taken_off_as_well() -> None:
    program, shopify = make_program(), ShopifySimulator()
    shop = make_shop(program, "shopify", shopify)
    order = shopify.order("100.00", at=NOON)
    money = {"kind": "refund", "status": "success", "amount": "5.00", "currency": "EUR"}
    goods = [{"total_tax": "0.80"}]
    back = [{"kind": "shipping_refund", "amount": "-1.00"}]
    refund = {"id": 1, "order_id": order["id"], "created_at": "2026-03-02T13:00:00Z", "transactions": [money]}
    nothing = {**refund, "id": 2, "transactions": [{**money, "status": "failure"}]}
    bodies = [{**refund, "refund_line_items": goods, "order_adjustments": back}, nothing]
    messages = [Sent("refunds/create", json.dumps(body).encode()) for body in bodies]
    shopify.sent += messages
    deliver(shop, shopify, at=NOON + HOUR)
    assert left() == 9_500
    correction = Correction.objects.get()
    assert (correction.total_minor, correction.tax_minor, correction.shipping_minor) == (-500, -80, -100)
    assert ShopDelivery.objects.filter(state="ignored").count() == 1


def test_a_cancellation_is_final_and_comes_before_its_order_if_it_must() -> None:
    for order in permutations(range(3)):
        program, shopify = make_program(), ShopifySimulator()
        shop = make_shop(program, "shopify", shopify)
        number = shopify.order("100.00", at=NOON)["id"]
        shopify.refund(number, "30.00", at=NOON + HOUR)
        shopify.cancel(number, at=NOON + 2 * HOUR)
        messages = [sent for sent in shopify.sent if sent.topic != "orders/updated"]
        for position in order:
            deliver(shop, shopify, [messages[position]], at=NOON + 3 * HOUR)
        conversion = Conversion.objects.get(program=program)
        assert (conversion.remaining_minor, conversion.over_corrected) == (0, False)


def test_an_edit_is_asked_for_and_a_shop_that_rests_is_asked_again(settings: Settings) -> None:
    program, shopify = make_program(), ShopifySimulator(throttled=2)
    with serve(shopify.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        shop = make_shop(program, "shopify", shopify, address=address, keys={"key": shopify.key})
        number = shopify.order("100.00", at=NOON)["id"]
        shopify.edit(number, "80.00", at=NOON + HOUR)
        edited = [sent for sent in shopify.sent if sent.topic == "orders/edited"]
        deliver(shop, shopify, edited, at=NOON + 2 * HOUR)
        assert left() == 8_000
        del shopify.orders[number]
        lost = Sent("orders/edited", edited[0].body + b" ")
        shopify.sent.append(lost)
        deliver(shop, shopify, [lost], at=NOON + 2 * HOUR)
    row = ShopDelivery.objects.get(state="received")
    assert row.attempts == 1
    assert row.outcomes[0]["sentence"] == f"The shop does not know order {number}."


def test_without_a_key_an_edit_says_what_is_missing() -> None:
    shopify = ShopifySimulator()
    shop = make_shop(make_program(), "shopify", shopify)
    shopify.edit(shopify.order("100.00", at=NOON)["id"], "80.00", at=NOON)
    deliver(shop, shopify, [sent for sent in shopify.sent if sent.topic == "orders/edited"])
    assert "no key for its API was given" in ShopDelivery.objects.get().outcomes[0]["sentence"]


def test_codes_renewals_and_test_orders() -> None:
    program, shopify = make_program(), ShopifySimulator()
    make_coupon(make_agreement(program), "ANNA12")
    shop = make_shop(program, "shopify", shopify)
    shopify.order("100.00", at=NOON, codes=("ANNA12",), tags="Subscription Recurring Order, x")
    shopify.order("100.00", at=NOON, test=True, landing_site="http://[bad", referring_site="http://[bad")
    shopify.order("100.00", at=NOON, financial_status="voided")
    deliver(shop, shopify)
    assert Commission.objects.get().accrued_minor == 1_200
    assert sorted(Conversion.objects.values_list("test", "remaining_minor")) == [
        (False, 0),
        (False, 10_000),
        (True, 10_000),
    ]


def test_a_message_without_its_headers_proves_nothing() -> None:
    shopify = ShopifySimulator()
    shop = make_shop(make_program(), "shopify", shopify)
    shopify.order("100.00", at=NOON)
    [sent] = shopify.sent
    for changed in ({"x-shopify-hmac-sha256": "x"}, {"x-shopify-hmac-sha256": ""}):
        with pytest.raises(NotProven):
            take_message(shop, Message({**shopify.headers(sent, at=NOON), **changed}, sent.body, NOON))
    other = Sent("app/uninstalled", b"{}")
    shopify.sent.append(other)
    deliver(shop, shopify, [other])
    assert ShopDelivery.objects.get().state == "ignored"
