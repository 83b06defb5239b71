"""A week of orders of each kind of shop, badly delivered, ends equal to the shop's own list, to the cent."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.queries import recount
from rapport.apps.shops.models import Comparison, Difference, Shop
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import Sent, serve
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.flows.shops.comparing import compare, repair_all
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program
from tests.make.shops import deliver, make_shop
from tests.support.drills import scaled

WEEK = timedelta(days=7)
AFTER = NOON + WEEK + timedelta(hours=1)

Any = StripeSimulator | WooCommerceSimulator | ShopifySimulator


def _price(chance: random.Random) -> str:
    return f"{chance.randrange(500, 50_000) / 100:.2f}"


def _moment(chance: random.Random, since: datetime = NOON) -> datetime:
    return since + timedelta(seconds=chance.randrange(1, int((NOON + WEEK - since).total_seconds())))


def stripe_week(shop: StripeSimulator, chance: random.Random, clicks: list[str], orders: int) -> None:
    for _ in range(orders):
        at, cents = _moment(chance), chance.randrange(500, 50_000)
        payment = shop.buy(cents, at=at, click_id=chance.choice(clicks))["payment_intent"]
        if chance.random() < 0.3:
            shop.refund(payment, cents // 3, at=_moment(chance, at))
        if chance.random() < 0.1:
            shop.refund(payment, cents // 4, at=NOON + WEEK)
        if chance.random() < 0.1:
            dispute = shop.dispute(payment, at=NOON + WEEK + timedelta(minutes=5))
            if chance.random() < 0.5:
                shop.close(dispute, won=chance.random() < 0.5, at=NOON + WEEK + timedelta(minutes=9))
        if chance.random() < 0.2:
            customer = shop.subscribe(cents, at=at, click_id=chance.choice(clicks))["customer"]
            shop.renew(cents, at=_moment(chance, at), customer=customer)


def woocommerce_week(shop: WooCommerceSimulator, chance: random.Random, clicks: list[str], orders: int) -> None:
    for _ in range(orders):
        at = _moment(chance)
        codes = ("ANNA12",) if chance.random() < 0.2 else ()
        number = shop.order(_price(chance), at=at, click_id=chance.choice(clicks), codes=codes)["id"]
        steps = sorted(_moment(chance, at) for _ in range(3))
        if chance.random() < 0.3:
            shop.change(number, at=steps[0], total=_price(chance))
        if chance.random() < 0.3:
            shop.refund(number, "1.23", at=steps[1])
        if chance.random() < 0.2:
            shop.change(number, at=steps[2], status=chance.choice(["cancelled", "failed", "completed"]))
            if chance.random() < 0.3:
                shop.change(number, at=steps[2] + timedelta(seconds=1), status="processing")
    shop.remove(next(iter(shop.orders)))


def shopify_week(shop: ShopifySimulator, chance: random.Random, clicks: list[str], orders: int) -> None:
    for _ in range(orders):
        at = _moment(chance)
        codes = ("ANNA12",) if chance.random() < 0.2 else ()
        number = shop.order(_price(chance), at=at, click_id=chance.choice(clicks), codes=codes)["id"]
        steps = sorted(_moment(chance, at) for _ in range(3))
        if chance.random() < 0.3:
            shop.edit(number, _price(chance), at=steps[0])
        if chance.random() < 0.3:
            shop.refund(number, "1.23", at=steps[1])
        if chance.random() < 0.1:
            shop.cancel(number, at=steps[2])


def badly(sent: list[Sent], chance: random.Random) -> list[Sent]:
    """Deliver messages one to three times, in any order, and one in twenty never."""
    delivered = [one for one in sent if chance.random() >= 0.05 for _ in range(chance.randint(1, 3))]
    chance.shuffle(delivered)
    return delivered


def here(shop: Shop) -> dict[str, int]:
    rows = Conversion.objects.filter(program_id=shop.program_id).values_list("external_id", "remaining_minor")
    return dict(rows)


WEEKS: dict[str, tuple[Callable[[], Any], Callable[..., None], dict[str, str]]] = {
    "stripe": (StripeSimulator, stripe_week, {"key": "rk_live_simulated"}),
    "woocommerce": (WooCommerceSimulator, woocommerce_week, {"key": "ck_simulated", "secret": "cs_simulated"}),
    "shopify": (ShopifySimulator, shopify_week, {"key": "shpat_simulated"}),
}


@pytest.mark.drill(seconds=40)
@pytest.mark.django_db
@pytest.mark.parametrize("kind", WEEKS)
def test_a_week_ends_equal_to_the_shops_own_list(kind: str, settings: Settings) -> None:
    make, live, keys = WEEKS[kind]
    orders = scaled(whole=150, on_sqlite=60, on_postgresql=60)
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")
    clicks = [make_click_id(make_link(agreement), at=NOON - timedelta(days=1)), ""]
    chance = random.Random(f"{kind} week")  # noqa: S311 - the same week in every run
    simulator = make()
    live(simulator, chance, clicks, orders)
    with serve(simulator.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        shop = make_shop(program, kind, simulator, address=address, keys=keys)
        deliver(shop, simulator, badly(simulator.sent, chance), at=AFTER)
        assert here(shop) != simulator.left(), "one message in twenty was lost"

        night = compare(shop, from_at=NOON, until_at=AFTER, by=STORY, at=AFTER)
        found = list(Difference.objects.filter(comparison=night))
        assert found
        assert (night.state, night.figures["there"] > 0) == ("done", True)
        repaired, refused = repair_all(night, found, by=STORY, at=AFTER)
        assert (repaired, refused) == (len(found), [])

        left = {number: minor for number, minor in simulator.left().items() if minor}
        assert {number: minor for number, minor in here(shop).items() if minor} == left
        again = compare(shop, from_at=NOON, until_at=AFTER, by=STORY, at=AFTER)
        assert Difference.objects.filter(comparison=again).count() == 0

        # What was lost on the way arrives after all: nothing changes any more.
        before = here(shop)
        deliver(shop, simulator, at=AFTER)
        assert here(shop) == before
        assert Comparison.objects.count() == 2
    assert not Conversion.objects.filter(in_conflict=True).exists()
    assert recount(program.id).problems == []
