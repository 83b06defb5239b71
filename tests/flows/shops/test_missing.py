"""A partner says that a sale is missing: the shop is asked for its number, and the order is taken in as it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.models import Role
from rapport.apps.programs.models import Program
from rapport.apps.shops.models import Shop
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.flows.shops.missing import NotInShop, look_in_shops, take_in
from tests.doors.console.conftest import client_of
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program
from tests.make.shops import make_shop

pytestmark = pytest.mark.django_db
Simulator = ShopifySimulator | StripeSimulator | WooCommerceSimulator


@contextmanager
def connected(program: Program, kind: str, there: Simulator, settings: Settings) -> Iterator[Shop]:
    keys = {"key": there.key, "secret": getattr(there, "key_secret", "")}
    with serve(there.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        yield make_shop(program, kind, there, address=address, keys=keys)


def test_an_order_whose_message_was_lost_is_found_by_its_name_and_earns(settings: Settings) -> None:
    program, there = make_program(), ShopifySimulator()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=1))
    order = there.order("100.00", at=NOON, click_id=click)
    there.refund(order["id"], "10.00", at=NOON)
    with connected(program, "shopify", there, settings) as shop:
        for number in (order["name"], order["name"].removeprefix("#"), str(order["id"])):
            [seen] = look_in_shops(program, number, at=NOON)
            assert (seen.left, seen.conversion_id, seen.problem) == (seen.left, "", "")
            assert seen.left is not None
            assert seen.left.minor == 9_000
        first = take_in(shop, order["name"], by=STORY, at=NOON)
        assert take_in(shop, order["name"], by=STORY, at=NOON) == first, "twice is once"
        assert look_in_shops(program, order["name"], at=NOON)[0].conversion_id == first
        assert look_in_shops(program, "#9999", at=NOON)[0].problem == "The shop knows no order of this number."
        with pytest.raises(NotInShop):
            take_in(shop, "#9999", by=STORY, at=NOON)
    assert Conversion.objects.get(pk=first).remaining_minor == 9_000
    assert Commission.objects.get().accrued_minor == 1_080
    assert "could not be reached" in look_in_shops(program, "#1", at=NOON)[0].problem


def test_payments_and_invoices_of_stripe_are_found_by_their_ids(settings: Settings) -> None:
    program, there = make_program(), StripeSimulator()
    there.buy(10_000, at=NOON)
    invoice = there.subscribe(5_000, at=NOON)
    with connected(program, "stripe", there, settings):
        assert look_in_shops(program, "pi_1", at=NOON)[0].state is not None
        number = next(iter(there.invoices))
        assert look_in_shops(program, number, at=NOON)[0].state is not None
        assert look_in_shops(program, "1001", at=NOON)[0].state is None
    assert invoice


def test_the_page_asks_the_shops_and_takes_an_order_in(settings: Settings) -> None:
    program, there = make_program(), WooCommerceSimulator()
    order, unpaid = there.order("100.00", at=NOON), there.order("50.00", at=NOON, status="pending")
    manager: Client = client_of(program.workspace, Role.MANAGER)
    address = reverse("console:shop-missing", args=[program.id])
    assert "No shop is connected" in manager.post(address, {"number": "1"}).content.decode()
    found = manager.get(reverse("console:conversions", args=[program.id]), {"q": "4711"}).content.decode()
    assert f"{address}?number=4711" in found
    assert 'value="4711"' in manager.get(address, {"number": "4711"}).content.decode()
    with connected(program, "woocommerce", there, settings) as shop:
        page = manager.post(address, {"number": f"#{order['id']}"}).content.decode()
        assert ("It is not known yet." in page, "none: nobody would earn" in page) == (True, True)
        taken = manager.post(address, {"number": str(order["id"]), "shop": shop.id})
        assert (taken.status_code, Conversion.objects.count()) == (303, 1)
        assert "It is known" in manager.post(address, {"number": str(order["id"])}).content.decode()
        refused = manager.post(address, {"number": str(unpaid["id"]), "shop": shop.id})
        assert (refused.status_code, "does not count" in refused.content.decode()) == (200, True)
        assert manager.post(address, {"number": "abc", "shop": shop.id}).status_code == 422
        assert manager.post(address, {"number": "1", "shop": "shp_missing"}).status_code == 404
