"""The shop's list beside ours: what is found, what is repaired, and what is told when the shop cannot be asked."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.conversions.models import Conversion
from rapport.apps.record.models import AuditRow
from rapport.apps.shops.actions import disconnect_shop, forget_bodies, forget_differences
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import Comparison, Difference, Shop, ShopDelivery
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.flows.shops.comparing import compare, compare_lately, repair, repair_all
from rapport.flows.shops.ordering import order_again
from rapport.flows.shops.tasks import compare as compare_job
from rapport.flows.shops.tasks import compare_all, forget_messages
from rapport.flows.waiting import Waits, count_waiting, what_waits
from rapport.kit.clock import now
from tests.make.identity import NOON, STORY
from tests.make.road import make_program, report_sale
from tests.make.shops import arrive, deliver, make_shop

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
KEYS = {"key": "ck_simulated", "secret": "cs_simulated"}


@pytest.fixture
def there() -> WooCommerceSimulator:
    return WooCommerceSimulator()


@pytest.fixture
def shop(there: WooCommerceSimulator, settings: Settings) -> Iterator[Shop]:
    with serve(there.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        yield make_shop(make_program(), "woocommerce", there, address=address, keys=KEYS)


def look(shop: Shop) -> list[Difference]:
    comparison = compare(shop, from_at=NOON - HOUR, until_at=NOON + HOUR, by=STORY, at=NOON + HOUR)
    assert comparison.state == "done", comparison.problem
    return list(Difference.objects.filter(comparison=comparison).order_by("number"))


def test_each_kind_of_difference_is_found_and_repaired_once(shop: Shop, there: WooCommerceSimulator) -> None:
    lost, changed, removed, same = (there.order("100.00", at=NOON) for _ in range(4))
    foreign = there.order("100.00", at=NOON, currency="USD")
    deliver(shop, there, [there.sent[1], there.sent[2], there.sent[3]])
    there.change(changed["id"], at=NOON + HOUR / 2, total="60.00")
    there.remove(removed["id"])

    found = look(shop)

    [waiting] = what_waits(shop.program, kinds=frozenset({Waits.SHOP}), most=9, at=NOON + 2 * HOUR)
    assert (waiting.subject, waiting.sentence[:2], count_waiting(shop.program).shops) == (shop.id, "4 ", 1)
    assert [(row.number, row.fate, row.there_minor, row.here_minor) for row in found] == [
        (str(lost["id"]), "not_here", 10_000, None),
        (str(changed["id"]), "differs", 6_000, 10_000),
        (str(removed["id"]), "not_there", None, 10_000),
        (str(foreign["id"]), "not_here", 10_000, None),
    ]
    assert found[0].comparison.figures == {
        "there": 4, "here": 3, "not_here": 2, "not_there": 1, "differs": 1, "foreign": 1,
    }  # fmt: skip
    foreign_told = "Told again. The order is kept. It earns as soon as a rate of USD of its day is known."
    assert [repair(row, by=STORY, at=NOON + HOUR).outcome for row in found] == ["Told again."] * 3 + [foreign_told]
    before = Conversion.objects.count()
    assert repair_all(found[0].comparison, found, by=STORY, at=NOON + HOUR) == (4, [])
    assert Conversion.objects.count() == before
    left = {row.external_id: (row.remaining_minor, row.currency) for row in Conversion.objects.all()}
    assert left == {
        str(lost["id"]): (10_000, "EUR"),
        str(changed["id"]): (6_000, "EUR"),
        str(removed["id"]): (0, "EUR"),
        str(same["id"]): (10_000, "EUR"),
        str(foreign["id"]): (10_000, "USD"),
    }
    assert count_waiting(shop.program).shops == 0
    assert look(shop) == []
    assert AuditRow.objects.filter(action="shop.repair").count() == 4


def test_what_another_door_told_differently_cannot_be_repaired_and_says_so(
    shop: Shop, there: WooCommerceSimulator
) -> None:
    number = str(there.order("100.00", at=NOON)["id"])
    deliver(shop, there)
    report_sale(shop.program, external_id=number, total="70.00", revision=5)
    [row] = look(shop)
    assert repair(row, by=STORY, at=NOON + HOUR).outcome.startswith("Nothing was new here")


def test_a_shop_that_cannot_be_asked_says_why(shop: Shop, there: WooCommerceSimulator) -> None:
    there.key = "another"
    comparison = compare_lately(shop, by=STORY, at=NOON)
    assert (comparison.state, comparison.problem) == (
        "failed",
        "The shop does not know the key: status 401. Make a new one and give it here.",
    )


def test_every_night_all_shops_are_compared_and_old_comparisons_forgotten(
    shop: Shop, there: WooCommerceSimulator
) -> None:
    there.order("100.00", at=now() - timedelta(days=1))
    there.order("100.00", at=now(), status="processing")  # its message may be on the way
    compare_all.func()
    comparison = Comparison.objects.get(shop=shop)
    assert comparison.figures["not_here"] == 1
    compare_job.func(comparison_id=comparison.id)
    assert Comparison.objects.count() == 1
    forget_messages.func()
    forget_differences(at=now() + timedelta(days=91))
    assert not Comparison.objects.exists()


def test_bodies_are_forgotten_after_their_time_and_cannot_run_again(shop: Shop, there: WooCommerceSimulator) -> None:
    there.order("100.00", at=NOON)
    deliver(shop, there)
    delivery = ShopDelivery.objects.get()
    assert "example.com" not in delivery.body, "what names customers is encrypted"
    order_again(delivery, by=STORY, at=NOON)
    deliver(shop, there, [])
    delivery.refresh_from_db()
    assert delivery.state == "known"
    assert (forget_bodies(at=NOON + timedelta(days=29)), forget_bodies(at=NOON + timedelta(days=31))) == (0, 1)
    delivery.refresh_from_db()
    with pytest.raises(Exception, match="forgotten after its time"):
        order_again(delivery, by=STORY, at=NOON)


def test_a_disconnected_shop_is_heard_no_more(shop: Shop, there: WooCommerceSimulator) -> None:
    there.order("100.00", at=NOON)
    disconnect_shop(shop_id=shop.id, by=STORY, at=NOON)
    shop.refresh_from_db()
    assert (shop.signing_secret, shop.access_secret) == ("", "")
    with pytest.raises(NotProven, match="disconnected"):
        arrive(shop, there, there.sent[0])
