"""A webhook is cut for six hours: an alarm within half an hour, and after repair the books are as if never cut."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.delivery.models import Mail
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.outages.models import Outage
from rapport.apps.outages.queries import open_outages
from rapport.apps.record.models import Announcement, AuditRow
from rapport.apps.shops.models import Shop
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.flows.alive.orders import watch_orders
from rapport.flows.alive.repairing import outages_to_repair, repair_outage
from tests.make.identity import NOON, STORY, make_member, make_organisation
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program
from tests.make.shops import deliver, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.drill(seconds=40)]

KEYS = {"key": "ck_simulated", "secret": "cs_simulated"}
WEEK, HOUR, MINUTE = timedelta(days=7), timedelta(hours=1), timedelta(minutes=1)
EVERY = 2 * MINUTE
CUT_AT = NOON + 2 * HOUR
CUT_FOR = 6 * HOUR
UNTIL = NOON + 9 * HOUR


@dataclass(frozen=True, slots=True)
class Street:
    """A shop with a blogger whose links and a code site whose code its customers use."""

    shop: Shop
    there: WooCommerceSimulator
    clicks: list[str]


@contextmanager
def street(settings: Settings) -> Iterator[Street]:
    there = WooCommerceSimulator()
    with serve(there.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        program = make_program(make_organisation(), at=NOON - 6 * WEEK)
        make_coupon(make_agreement(program, name="Code Jar", at=NOON - 6 * WEEK), "ANNA12", at=NOON - 6 * WEEK)
        link = make_link(make_agreement(program, at=NOON - 6 * WEEK), at=NOON - 6 * WEEK)
        clicks = [make_click_id(link, at=NOON - 5 * WEEK + number * HOUR) for number in range(5)]
        make_member(program.workspace)
        yield Street(make_shop(program, "woocommerce", there, address=address, keys=KEYS), there, clicks)


def sell(street: Street, *, from_at: datetime, until_at: datetime, arrives: Callable[[datetime], bool]) -> None:
    """Let the shop sell every two minutes, by click, by code or to nobody's credit; messages arrive unless cut."""
    chance = random.Random(from_at.day)  # noqa: S311 - orders that can be told again
    at = from_at
    while at < until_at:
        said: dict[str, Any] = chance.choice([{"click_id": chance.choice(street.clicks)}, {"codes": ("ANNA12",)}, {}])
        street.there.order(f"{chance.randrange(500, 50_000) / 100:.2f}", at=at, **said)
        if arrives(at):
            deliver(street.shop, street.there, street.there.sent[-1:], at=at)
        at += EVERY


def sell_the_day(street: Street, *, arrives: Callable[[datetime], bool] = lambda _at: True) -> None:
    """Let the day go by, under the same numbers in every shop."""
    street.there.numbers = count(50_001)
    sell(street, from_at=NOON, until_at=UNTIL, arrives=arrives)


def books(street: Street) -> dict[tuple[str, str], int]:
    """Return what each partner earned by each order of the day."""
    assert recount(street.shop.program_id).problems == []
    rows = Commission.objects.filter(agreement__program=street.shop.program, conversion__external_id__gte="50001")
    booked = booked_of([row.id for row in rows])
    found = rows.select_related("agreement__partner").values_list(
        "id", "agreement__partner__name", "conversion__external_id"
    )
    return {(name, order): booked[id_].minor for id_, name, order in found}


def orders_of_the_day(street: Street) -> int:
    """Return how many orders of the day are known."""
    return Conversion.objects.filter(program=street.shop.program, external_id__gte="50001").count()


def noticed(street: Street, *, from_at: datetime, until_at: datetime) -> Outage | None:
    """Look every five minutes, as the worker does, until an outage is noticed."""
    at = from_at
    while at <= until_at:
        watch_orders(street.shop.program, at=at)
        if (found := open_outages(street.shop.program_id).first()) is not None:
            return found
        at += 5 * MINUTE
    return None


def test_a_cut_webhook_is_noticed_within_half_an_hour_and_leaves_no_trace_in_the_books(settings: Settings) -> None:
    with street(settings) as never_cut:
        sell_the_day(never_cut)
        expected, orders = books(never_cut), orders_of_the_day(never_cut)

    with street(settings) as cut:
        for week in (4, 3, 2, 1):
            for began, hours in ((CUT_AT, 1.2), (CUT_AT + CUT_FOR, 1.2)):
                usual = began - week * WEEK - HOUR * 0.6
                sell(cut, from_at=usual, until_at=usual + hours * HOUR, arrives=lambda _at: True)
        sell_the_day(cut, arrives=lambda at: not CUT_AT <= at < CUT_AT + CUT_FOR)

        assert noticed(cut, from_at=CUT_AT - 5 * MINUTE, until_at=CUT_AT) is None
        outage = noticed(cut, from_at=CUT_AT, until_at=UNTIL)
        assert outage is not None
        assert outage.noticed_at - CUT_AT <= 30 * MINUTE
        assert CUT_AT - EVERY <= outage.began_at < CUT_AT
        watch_orders(cut.shop.program, at=CUT_AT + HOUR / 2)
        assert open_outages(cut.shop.program_id).get() == outage
        assert Mail.objects.filter(about_id=outage.id).count() == 1

        for minutes in range(0, 40, 5):
            watch_orders(cut.shop.program, at=CUT_AT + CUT_FOR + minutes * MINUTE)
        outage.refresh_from_db()
        assert outage.ended_at is not None
        assert CUT_AT + CUT_FOR <= outage.ended_at <= CUT_AT + CUT_FOR + EVERY
        assert [one.kind for one in Announcement.objects.filter(subject=outage.id).order_by("id")] == [
            "outage.began",
            "outage.ended",
        ]

        assert outages_to_repair() == [outage]
        repaired = repair_outage(outage, by=STORY, at=UNTIL + HOUR)
        assert (len(repaired.numbers), repaired.problems) == (CUT_FOR / EVERY, ())
        assert books(cut) == expected
        assert orders_of_the_day(cut) == orders
        assert AuditRow.objects.filter(actor_id=outage.id, action="conversion.new").count() == CUT_FOR / EVERY

        assert repair_outage(outage, by=STORY, at=UNTIL + HOUR).numbers == ()
        outage.refresh_from_db()
        assert outage.repair["orders"] == CUT_FOR / EVERY
        assert outages_to_repair() == []
        assert books(cut) == expected
