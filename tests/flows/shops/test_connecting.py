"""A shop is asked who it is and to send its messages; codes are made in it; what it refuses stands on its page."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.conversions.models import NamedCoupon
from rapport.apps.record.actors import Actor
from rapport.apps.shops.actions import connect_shop, reconnect_shop, wish_again
from rapport.apps.shops.inputs import ShopInput
from rapport.apps.shops.models import Shop, ShopCode
from rapport.apps.shops.providers.protocol import CodeWish
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.apps.shops.queries import keys_of, signing_secret_of
from rapport.flows.shops.coding import codes_wait, make_codes, order_all
from rapport.flows.shops.connecting import connect, hook_address
from rapport.flows.shops.taking import client_of
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_program
from tests.make.shops import deliver, make_shop

pytestmark = pytest.mark.django_db

KINDS = {
    "stripe": (StripeSimulator, {"key": "rk_live_simulated"}),
    "woocommerce": (WooCommerceSimulator, {"key": "ck_simulated", "secret": "cs_simulated"}),
    "shopify": (ShopifySimulator, {"key": "shpat_simulated"}),
}


def wanted(kind: str, address: str, **keys: str) -> Shop:
    given = ShopInput(kind=kind, name="Shop", address=address, keys=keys, settings={"code_percent": "7.5"})
    return connect_shop(program_id=make_program().id, given=given, by=STORY, at=NOON)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shop_is_connected_by_its_key_and_again_without_doubles(kind: str, settings: Settings) -> None:
    make, keys = KINDS[kind]
    simulator = make()
    with serve(simulator.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        shop = connect(wanted(kind, address, **keys).id, at=NOON)
        assert (shop.state, shop.problem, shop.settings["by_hand"]) == ("connected", "", False)
        again = ShopInput(kind=kind, name="Renamed", address=address, keys={"key": ""})
        reconnect_shop(shop_id=shop.id, given=again, by=STORY, at=NOON)
        shop = connect(shop.id, at=NOON)
        assert (shop.state, shop.name, keys_of(shop)) == ("connected", "Renamed", keys)
        assert connect(shop.id, at=NOON) == shop, "twice is once"
    told = simulator.endpoints if isinstance(simulator, StripeSimulator) else simulator.webhooks
    addresses = {one.get("url") or one.get("uri") or one.get("delivery_url") for one in told}
    assert addresses == {hook_address(shop)}
    if isinstance(simulator, WooCommerceSimulator):
        assert len(told) == 4
        assert told[0]["secret"] == signing_secret_of(shop)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_is_not_known_is_told(kind: str, settings: Settings) -> None:
    make, keys = KINDS[kind]
    with serve(make().answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        shop = connect(wanted(kind, address, **dict.fromkeys(keys, "wrong")).id, at=NOON)
    assert shop.state == "refused"
    assert "status 401" in shop.problem


def test_a_shop_that_is_not_there_and_one_without_a_key() -> None:
    gone = connect(wanted("woocommerce", "https://shop.invalid", key="a", secret="b").id, at=NOON)
    assert gone.problem == "The shop could not be reached: refused. Check its address."
    by_hand = connect(wanted("stripe", "https://api.stripe.com").id, at=NOON)
    assert (by_hand.state, by_hand.settings["by_hand"]) == ("connected", True)
    assert connect(wanted("woocommerce", "https://shop.invalid", key="a").id, at=NOON).settings["by_hand"]
    assert connect(wanted("shopify", "https://shop.invalid", other="a").id, at=NOON).settings["by_hand"]


@pytest.mark.parametrize("kind", KINDS)
def test_codes_are_made_once_and_their_uses_come_back(kind: str, settings: Settings) -> None:
    make, keys = KINDS[kind]
    simulator, program = make(), make_program()
    make_coupon(make_agreement(program), "ANNA12", ends_at=NOON + timedelta(days=400))
    with serve(simulator.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        shop = make_shop(program, kind, simulator, address=address, keys=keys, code_percent="7.5")
        assert codes_wait(at=NOON)
        assert (order_all(at=NOON), order_all(at=NOON), make_codes(at=NOON)) == (1, 0, 1)
        assert not codes_wait(at=NOON)
        code = ShopCode.objects.get()
        assert code.state == "made"
        wish = CodeWish("ANNA12", "7.5", NOON, None)
        assert client_of(shop, at=NOON).make_code(wish) == code.there_id, "made before, found again"
        match simulator:
            case StripeSimulator():
                simulator.buy(10_000, at=NOON, discounts=[{"promotion_code": code.there_id}])
                assert simulator.coupons["rapport-7-5"]["percent_off"] == "7.5"
            case WooCommerceSimulator():
                simulator.order("100.00", at=NOON, codes=("ANNA12",))
            case ShopifySimulator():
                simulator.order("100.00", at=NOON, codes=("ANNA12",))
                assert simulator.codes["ANNA12"]["customerGets"]["value"]["percentage"] == 0.075
        deliver(shop, simulator)
    named = NamedCoupon.objects.get()
    assert (named.code, named.coupon_id) == ("ANNA12", code.coupon_id)


def test_a_code_that_the_shop_refuses_is_tried_again_and_then_given_up(settings: Settings) -> None:
    simulator, program = ShopifySimulator(), make_program()
    make_coupon(make_agreement(program), "ANNA12")
    with serve(simulator.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        keys = {"key": simulator.key}
        shop = make_shop(program, "shopify", simulator, address=address, keys=keys, code_percent="700")
        order_all(at=NOON)
        for hours in range(8):
            make_codes(at=NOON + timedelta(days=hours))
        code = ShopCode.objects.get()
        assert (code.state, code.attempts, code.problem) == (
            "failed",
            8,
            "The shop says: Value must be between 0.0 and 1.0",
        )
        assert wish_again(shop_id=shop.id, at=NOON) == 1
        assert codes_wait(at=NOON)
    assert Actor.system("shops").id == "shops"
