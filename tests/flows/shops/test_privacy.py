"""What Shopify asks of every app by law: proven like any message, carried out, and listed with what was done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rapport.apps.conversions.models import Conversion, Customer
from rapport.apps.identity.models import Role
from rapport.apps.ledger.queries import recount
from rapport.apps.record.models import AuditRow
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import Shop, ShopDelivery
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.flows.doctor import run_checks
from rapport.flows.shops.arriving import take_message
from tests.doors.console.conftest import client_of
from tests.make.identity import NOON
from tests.make.road import make_program
from tests.make.shops import deliver, make_shop

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def there() -> ShopifySimulator:
    return ShopifySimulator()


@pytest.fixture
def shop(there: ShopifySimulator) -> Shop:
    """A shop with one order of each of two customers."""
    found = make_shop(make_program(), "shopify", there)
    for _each in range(2):
        there.order("100.00", at=NOON)
    deliver(found, there)
    return found


def ask(shop: Shop, there: ShopifySimulator, topic: str, *numbers: int) -> ShopDelivery:
    there.ask_for_privacy(topic, *numbers)
    deliver(shop, there, there.sent[-1:], at=LATER)
    return ShopDelivery.objects.get(topic=topic)


def said(delivery: ShopDelivery) -> str:
    return " ".join(one["sentence"] for one in delivery.outcomes)


def test_a_customer_is_told_what_is_kept(shop: Shop, there: ShopifySimulator) -> None:
    number = next(iter(there.orders))
    delivery = ask(shop, there, "customers/data_request", number)
    assert delivery.state == "taken"
    assert (str(number) in said(delivery), "within 30 days" in said(delivery)) == (True, True)
    assert Customer.objects.filter(key__startswith="h:").count() == 2


def test_a_customer_is_forgotten_and_what_was_bought_stays(shop: Shop, there: ShopifySimulator) -> None:
    number = next(iter(there.orders))
    delivery = ask(shop, there, "customers/redact", number)
    assert "2 messages" in said(delivery), "the order's and its own"
    assert "key was taken away" in said(delivery)
    bodies = dict(ShopDelivery.objects.order_by("id").values_list("topic", "body"))
    assert (bodies["customers/redact"], ShopDelivery.objects.exclude(body="").count()) == ("", 1)
    kept = sorted(Customer.objects.values_list("key", flat=True))
    assert [key.partition(":")[0] for key in kept] == ["gone", "h"]
    assert Conversion.objects.filter(remaining_minor=10_000).count() == 2
    assert AuditRow.objects.filter(action="customer.forgotten").count() == 1
    assert recount(shop.program_id).problems == []
    broken = [one for check in run_checks() for one in check.problems if "worker" not in one and "link book" not in one]
    assert broken == []


def test_of_a_customer_who_never_bought_nothing_is_kept(shop: Shop, there: ShopifySimulator) -> None:
    there.order("10.00", at=LATER)
    there.sent.pop()
    delivery = ask(shop, there, "customers/redact", list(there.orders)[-1])
    assert "No order is kept" in said(delivery)
    there.orders[7] = {"customer": {"id": None}, "email": ""}
    assert "none is kept" in said(ask(shop, there, "customers/data_request", 7))


def test_a_shop_that_left_is_forgotten(shop: Shop, there: ShopifySimulator) -> None:
    delivery = ask(shop, there, "shop/redact")
    assert "disconnected" in said(delivery)
    shop.refresh_from_db()
    assert (shop.state, shop.signing_secret, ShopDelivery.objects.exclude(body="").count()) == ("disconnected", "", 0)


def test_a_stranger_cannot_ask_for_anything(shop: Shop, there: ShopifySimulator) -> None:
    there.ask_for_privacy("shop/redact")
    headers = there.headers(there.sent[-1], at=LATER) | {"x-shopify-hmac-sha256": "bm8="}
    with pytest.raises(NotProven):
        take_message(shop, Message(headers=headers, body=there.sent[-1].body, at=LATER))
    assert not ShopDelivery.objects.filter(topic="shop/redact").exists()


def test_such_requests_are_listed_by_themselves(shop: Shop, there: ShopifySimulator) -> None:
    manager = client_of(shop.program.workspace, Role.MANAGER)
    address = reverse("console:shop-deliveries", args=[shop.program_id, shop.id])
    assert "?state=privacy" not in manager.get(address).content.decode()
    ask(shop, there, "customers/data_request", next(iter(there.orders)))
    page = manager.get(f"{address}?state=privacy").content.decode()
    assert ("customers/data_request" in page, "orders/create" in page) == (True, False)
