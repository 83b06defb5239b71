"""Sixteen senders at once: a report counts once, and every sender hears the same."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Report
from rapport.apps.ledger.models import Entry
from tests.doors.api.conftest import Shop, answered, open_shop
from tests.support.databases import FreshDatabase

T = TypeVar("T")

TWINS = 16
SALE = {"kind": "sale", "external_id": "1001", "currency": "EUR", "total": "104.22", "coupons": ["ANNA12"]}


@pytest.fixture
def shop(fresh_database: FreshDatabase) -> Shop:
    """A shop whose requests commit, from any thread."""
    assert fresh_database.url
    return open_shop()


def at_once(ask: Callable[[int], T]) -> list[T]:
    """Ask from all threads in the same moment."""
    together = Barrier(TWINS)

    def one(number: int) -> T:
        together.wait()
        try:
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TWINS) as threads:
        return list(threads.map(one, range(TWINS)))


def test_twins_with_one_key_get_one_answer(shop: Shop) -> None:
    key = {"Idempotency-Key": "once"}
    answers = at_once(lambda _number: shop.post("conversions", SALE, **key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert (Conversion.objects.count(), Commission.objects.count(), Entry.objects.count()) == (1, 1, 1)


def test_twins_without_a_key_are_one_conversion_and_one_of_them_was_new(shop: Shop) -> None:
    told = at_once(lambda _number: answered(shop.post("conversions", SALE)))
    assert sorted(status for status, _body in told) == [200] * (TWINS - 1) + [201]
    # One that arrived a moment earlier, but was written later, adds this moment.
    assert {body["taken"] for _status, body in told} <= {"new", "known", "added"}
    assert (Report.objects.count(), Entry.objects.count()) == (1, 1)


def test_different_orders_of_one_customer_are_all_booked(shop: Shop) -> None:
    def order(number: int) -> tuple[int, dict[str, Any]]:
        return answered(shop.post("conversions", {**SALE, "external_id": str(number), "customer_id": "c"}))

    assert {status for status, _body in at_once(order)} == {201}
    assert sum(Commission.objects.values_list("accrued_minor", flat=True)) == TWINS * 1251


def test_of_sixteen_amounts_the_smallest_stands_whichever_came_first(shop: Shop) -> None:
    told = at_once(lambda number: answered(shop.post("conversions", {**SALE, "total": f"{100 + number}.00"})))
    assert sorted(status for status, _body in told) == [201] + [409] * (TWINS - 1)
    row = Conversion.objects.get()
    assert (row.total_minor, row.in_conflict, json.dumps(row.state)) == (100_00, True, '"held"')
