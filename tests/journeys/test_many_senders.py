"""Ten thousand orders, told up to five times by sixteen senders at once: every order once, every conflict found."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connections
from django.db.models import Sum
from django.test import Client

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Customer, Receipt
from rapport.apps.conversions.queries import conversions_in_conflict
from rapport.apps.ledger.queries import recount
from rapport.apps.programs.models import Program
from rapport.domain.money import Money, format_amount
from rapport.flows.postbacks import postbacks_wait, take_postbacks
from rapport.kit.clock import now, to_ms
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter
from tests.make.identity import make_api_key
from tests.make.road import make_agreement, make_coupon, make_program
from tests.support.databases import FreshDatabase
from tests.support.drills import scaled

ORDERS = scaled(whole=10_000, on_postgresql=2_000)
"""A private PostgreSQL beside the tests is slower on two cores; there the point is the writers that meet."""

SENDERS = 16
BY_API = 2
"""Senders that wait for an answer each time; the others tell the edge, as busy shops do."""

CHANGED = 0.03
CODE = "ANNA12"
SEGMENT = 250


@dataclass(frozen=True, slots=True)
class Order:
    """What a shop says about an order."""

    number: int
    customer: int
    minor: int

    @property
    def told(self) -> dict[str, str]:
        """Return the fields that both doors know."""
        return {
            "external_id": f"order-{self.number}",
            "customer_id": f"customer-{self.customer}",
            "total": format_amount(Money(self.minor, "EUR")),
            "currency": "EUR",
        }


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The edge's journal, empty."""
    monkeypatch.setattr(settings, "JOURNAL_FOLDER", tmp_path / "journal")
    return tmp_path / "journal"


@pytest.mark.drill(seconds=120)
def test_every_order_counts_once_however_often_and_by_whomever_it_is_told(
    fresh_database: FreshDatabase, journal: Path
) -> None:
    orders = _orders(ORDERS)
    copies = _copies(orders)
    changed = {order.number for order in copies} & {one.number for one in set(copies) - set(orders)}
    program = make_program()
    make_coupon(make_agreement(program), CODE)
    secret = make_api_key(program.workspace, at=now()).secret

    answers = _send(copies, program, secret, journal)

    assert set(answers) <= {200, 201, 409, "told"}
    assert Receipt.objects.count() == answers["told"]
    assert not Receipt.objects.filter(state="refused").exists()
    assert Conversion.objects.count() == len(orders)
    assert Customer.objects.count() == len({order.customer for order in orders})
    found = conversions_in_conflict(program.id).values_list("external_id", flat=True)
    assert set(found) == {f"order-{number}" for number in changed}
    assert len(changed) == round(len(orders) * CHANGED)
    assert recount(program.id).problems == []
    assert Commission.objects.aggregate(Sum("accrued_minor"))["accrued_minor__sum"] == sum(
        min(_twelve_percent(one.minor) for one in told) for told in _by_number(copies)
    )


def _orders(count: int) -> list[Order]:
    rng = random.Random(42)  # noqa: S311 - orders that can be told again
    return [Order(number, rng.randrange(count // 3), rng.randint(1, 50_000)) for number in range(count)]


def _copies(orders: Sequence[Order]) -> list[Order]:
    """Tell each order one to five times, some with another amount once, all in one muddle."""
    rng = random.Random(43)  # noqa: S311 - see above
    copies = [order for order in orders for _ in range(rng.randint(1, 5))]
    copies += [
        replace(order, minor=order.minor + rng.choice((-1, 1)) * order.minor + 7)
        for order in rng.sample(orders, round(len(orders) * CHANGED))
    ]
    rng.shuffle(copies)
    return copies


def _by_number(copies: Iterable[Order]) -> Iterable[list[Order]]:
    told: dict[int, list[Order]] = {}
    for order in copies:
        told.setdefault(order.number, []).append(order)
    return told.values()


def _twelve_percent(minor: int) -> int:
    return int(Fraction(minor * 12, 100) + Fraction(1, 2))


def _send(copies: Sequence[Order], program: Program, secret: str, journal: Path) -> Counter[object]:
    """Let all senders talk at once while the worker takes in what the edge wrote; return what they were answered."""
    sent = Event()
    shares = [copies[sender::SENDERS] for sender in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS + 1) as pool:
        worker = pool.submit(_work, sent)
        senders: list[Future[Counter[object]]] = [
            pool.submit(_tell_api, share, program, secret)
            if number < BY_API
            else pool.submit(_tell_edge, share, program, JournalWriter(journal, writer_id=f"edge-{number}"))
            for number, share in enumerate(shares)
        ]
        try:
            return sum((sender.result() for sender in senders), Counter())
        finally:
            sent.set()
            worker.result()


def _tell_api(share: Iterable[Order], program: Program, secret: str) -> Counter[object]:
    client, answers = Client(headers={"Authorization": f"Bearer {secret}"}), Counter[object]()
    for order in share:
        body = json.dumps({"kind": "sale", "program": program.id, "coupons": [CODE], **order.told})
        answers[client.post("/api/v1/conversions", body, content_type="application/json").status_code] += 1
    connections.close_all()
    return answers


def _tell_edge(share: Sequence[Order], program: Program, writer: JournalWriter) -> Counter[object]:
    for place, order in enumerate(share, 1):
        writer.append(
            PostbackEvent(
                receipt_id=f"rcp_{place}_{order.number}_{id(writer)}",
                at_ms=to_ms(now()),
                program_id=program.id,
                auth="token",
                params={"coupon": CODE, **order.told},
            )
        )
        if place % SEGMENT == 0:
            writer.seal()
    writer.seal()
    writer.close()
    return Counter({"told": len(share)})


def _work(sent: Event) -> None:
    """Take postbacks in as the worker does, until everything was sent and taken."""
    while not sent.wait(0.05) or postbacks_wait():
        take_postbacks(at=now())
    connections.close_all()
