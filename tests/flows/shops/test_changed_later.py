"""The nightly comparison sees what changed of older orders: refunds in each kind of shop, and nobody else's orders."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.conversions.models import Conversion
from rapport.apps.shops.models import Difference, Shop
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import Asked, serve
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.flows.shops.comparing import compare, repair
from rapport.flows.shops.taking import customers_there
from tests.make.identity import NOON, STORY
from tests.make.road import make_program
from tests.make.shops import deliver, make_shop

pytestmark = pytest.mark.django_db

MONTHS = timedelta(days=60)
LATER = NOON + MONTHS
DAY = timedelta(days=1)
Answering = Callable[[Asked], tuple[int, object]]


@contextmanager
def asked(answer: Answering, settings: Settings) -> Iterator[str]:
    with serve(answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        yield address


def differing(shop: Shop) -> list[Difference]:
    comparison = compare(shop, from_at=LATER - DAY, until_at=LATER + DAY, by=STORY, at=LATER + DAY)
    assert comparison.state == "done", comparison.problem
    return list(Difference.objects.filter(comparison=comparison))


def left() -> int:
    return Conversion.objects.get().remaining_minor


def mended(shop: Shop) -> None:
    """Find one difference, mend it, and find none."""
    [found] = differing(shop)
    assert found.fate == "differs"
    repair(found, by=STORY, at=LATER + DAY)
    assert differing(shop) == []


def test_a_refund_of_an_old_order_of_woocommerce_is_found(settings: Settings) -> None:
    there = WooCommerceSimulator()
    with asked(there.answer, settings) as address:
        keys = {"key": there.key, "secret": there.key_secret}
        shop = make_shop(make_program(), "woocommerce", there, address=address, keys=keys)
        order, _older = there.order("100.00", at=NOON), there.order("80.00", at=NOON - MONTHS)
        deliver(shop, there, there.sent[:1])
        there.refund(order["id"], "40.00", at=LATER)
        there.change(_older["id"], at=LATER, total="70.00")
        mended(shop)
        assert left() == 6_000, "and what was never told here is not missing"


def test_a_refund_of_an_old_order_of_shopify_is_found(settings: Settings) -> None:
    there = ShopifySimulator()
    with asked(there.answer, settings) as address:
        shop = make_shop(make_program(), "shopify", there, address=address, keys={"key": there.key})
        order = there.order("100.00", at=NOON)
        deliver(shop, there)
        there.refund(order["id"], "40.00", at=LATER)
        mended(shop)
        assert left() == 6_000


def test_refunds_and_disputes_of_old_payments_at_stripe_are_found(settings: Settings) -> None:
    there = StripeSimulator()
    with asked(there.answer, settings) as address:
        shop = make_shop(make_program(), "stripe", there, address=address, keys={"key": there.key})
        there.buy(10_000, at=NOON)
        deliver(shop, there, at=NOON)
        there.refund("pi_1", 1_000, at=LATER)
        there.refund("pi_1", 2_000, at=LATER)
        mended(shop)
        assert left() == 7_000
        there.dispute("pi_1", at=LATER)
        mended(shop)
        assert left() == 0


def test_shops_say_by_which_ids_they_know_a_mail_address(settings: Settings) -> None:
    shopify, stripe, woocommerce = ShopifySimulator(), StripeSimulator(), WooCommerceSimulator()
    order = shopify.order("10.00", at=NOON)
    stripe.customers["cus_9"] = "mira@example.com"
    known = woocommerce.order("10.00", at=NOON)
    woocommerce.change(known["id"], at=NOON, customer_id=12, billing={"email": "mira@example.com"})
    program = make_program()
    with asked(shopify.answer, settings) as address:
        shop = make_shop(program, "shopify", shopify, address=address, keys={"key": shopify.key})
        assert customers_there(shop, order["email"], at=NOON) == [f"shopify:{order['customer']['id']}"]
        assert customers_there(shop, "nobody@example.com", at=NOON) == []
    assert customers_there(shop, order["email"], at=NOON) == [], "a shop that cannot be asked says nothing"
    with asked(stripe.answer, settings) as address:
        shop = make_shop(program, "stripe", stripe, address=address, keys={"key": stripe.key})
        assert customers_there(shop, "mira@example.com", at=NOON) == ["stripe:cus_9"]
    with asked(woocommerce.answer, settings) as address:
        keys = {"key": woocommerce.key, "secret": woocommerce.key_secret}
        shop = make_shop(program, "woocommerce", woocommerce, address=address, keys=keys)
        assert customers_there(shop, "mira@example.com", at=NOON) == ["woocommerce:12"]
