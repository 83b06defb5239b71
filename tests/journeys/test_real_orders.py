"""The orders of a real shop, dirt and all, through the public API: orders and commissions add up to the cent."""

import csv
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum
from django.test import Client

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, ConversionLine
from rapport.apps.conversions.queries import waiting_corrections
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.programs.models import Program
from tests.make.identity import make_api_key
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program

pytestmark = pytest.mark.django_db

DATA = Path(os.environ.get("RAPPORT_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
ORDERS = DATA / "online-retail" / "orders.csv"
LONDON = ZoneInfo("Europe/London")
OPENED = datetime(2010, 11, 1, tzinfo=UTC)
CODE = "GIFTS10"
POSTAGE = "POST"
RATE = Fraction(12, 100)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file."""

    product: str
    name: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """What the line adds to its invoice."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of the file with the visit that this test invents for it."""

    number: str
    at: datetime
    customer: str
    country: str
    lines: tuple[Line, ...]
    after_click: bool
    with_coupon: bool

    @property
    def total(self) -> Decimal:
        """What the customer paid."""
        return sum((line.amount for line in self.lines), Decimal())

    @property
    def postage(self) -> Decimal:
        """The part of it that was postage."""
        return sum((line.amount for line in self.lines if line.product == POSTAGE), Decimal())

    @property
    def cancels(self) -> bool:
        """Say whether the shop took something back."""
        return self.number.startswith("C")


@dataclass(frozen=True, slots=True)
class Books:
    """What the shop's orders come to: by partner and order, without what comes to nothing."""

    orders: int
    total: Decimal
    lines: int
    earned: Mapping[tuple[str, str], Decimal]
    waiting: frozenset[str]


def test_the_books_of_a_real_shop_equal_an_independent_sum(client: Client) -> None:
    invoices = read_invoices()
    told = Shop()
    for invoice in invoices:
        status, taken = told.send(client, invoice, invoices)
        assert (status, taken) in {(201, "new"), (202, "waiting"), (200, "new")}, invoice.number
    assert told.books() == independent_books(invoices)


def test_a_real_shop_that_tells_everything_twice_in_any_order_ends_with_the_same_books(client: Client) -> None:
    invoices = read_invoices()
    twice = [*invoices, *invoices]
    random.Random(536_365).shuffle(twice)  # noqa: S311 - an order that can be repeated
    told = Shop()
    answers = Counter(told.send(client, invoice, invoices)[1] for invoice in twice)
    assert told.books() == independent_books(invoices)
    assert answers["known"] + answers["waiting"] >= len(invoices)


class Shop:
    """A program in pounds with a blogger, whose links some customers followed, and a code site."""

    def __init__(self) -> None:
        self.program: Program = make_program(currency="GBP", zone="Europe/London", at=OPENED)
        self.blogger = make_agreement(self.program, name="Slow Mornings", at=OPENED)
        self.code_site = make_agreement(self.program, name="Code Jar", at=OPENED)
        make_coupon(self.code_site, CODE, at=OPENED)
        self.link = make_link(self.blogger, at=OPENED)
        self.clicks: dict[str, str] = {}
        key = make_api_key(self.program.workspace, at=OPENED)
        self.headers = {"Authorization": f"Bearer {key.secret}"}

    def send(self, client: Client, invoice: Invoice, invoices: Sequence[Invoice]) -> tuple[int, str]:
        """Report an invoice as the shop would: a sale, or a refund of the sale that it names."""
        if invoice.cancels:
            return self._post(client, "corrections", self._refund(invoice, invoices))
        return self._post(client, "conversions", self._sale(invoice))

    def books(self) -> Books:
        """Return what the tables and the books say."""
        assert recount(self.program.id).problems == []
        rows = Commission.objects.filter(agreement__program=self.program).select_related("conversion", "agreement")
        booked = booked_of([row.id for row in rows])
        names = {self.blogger.id: "blogger", self.code_site.id: "code site"}
        earned = {
            (names[row.agreement_id], row.conversion.external_id): pounds(booked[row.id].accrued_minor)
            for row in rows
            if row.conversion and booked[row.id].minor
        }
        conversions = Conversion.objects.filter(program=self.program)
        return Books(
            orders=conversions.count(),
            total=pounds(conversions.aggregate(Sum("total_minor", default=0))["total_minor__sum"]),
            lines=ConversionLine.objects.filter(conversion__in=conversions).count(),
            earned=earned,
            waiting=frozenset(waiting_corrections(self.program.id).values_list("external_id", flat=True)),
        )

    def _sale(self, invoice: Invoice) -> dict[str, Any]:
        lines = [
            {"product": line.product, "name": line.name, "quantity": line.quantity, "price": str(line.price)}
            for line in invoice.lines
        ]
        return {
            "kind": "sale",
            "external_id": invoice.number,
            "total": str(invoice.total),
            "shipping": str(invoice.postage),
            "customer_id": invoice.customer,
            "click_ids": [self._click(invoice)] if invoice.after_click else [],
            "coupons": [CODE] if invoice.with_coupon else [],
            "lines": lines,
            **self._frame(invoice),
        }

    def _refund(self, invoice: Invoice, invoices: Sequence[Invoice]) -> dict[str, Any]:
        return {
            "kind": "refund",
            "external_id": invoice.number,
            "of": sale_taken_back(invoice, invoices) or invoice.number.removeprefix("C"),
            "total": str(-invoice.total),
            **self._frame(invoice),
        }

    def _frame(self, invoice: Invoice) -> dict[str, Any]:
        return {"currency": "GBP", "occurred_at": invoice.at.isoformat()}

    def _click(self, invoice: Invoice) -> str:
        """Return the click of three days before the customer's first order."""
        if invoice.customer not in self.clicks:
            self.clicks[invoice.customer] = make_click_id(self.link, at=invoice.at - timedelta(days=3))
        return self.clicks[invoice.customer]

    def _post(self, client: Client, door: str, told: Mapping[str, Any]) -> tuple[int, str]:
        body = json.dumps({"program": self.program.id, **told})
        answer = client.post(f"/api/v1/{door}", body, content_type="application/json", headers=self.headers)
        assert answer.status_code in {200, 201, 202}, answer.content
        return answer.status_code, str(answer.json()["taken"])


def read_invoices() -> list[Invoice]:
    """Read the file, or nothing where it is not: a third of the customers clicked, a tenth of the orders has a code."""
    if not ORDERS.exists():
        sys.stderr.write(f"no real orders were sent: {ORDERS} is not here\n")
        return []
    with ORDERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_number: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_number.setdefault(row["InvoiceNo"], []).append(row)
    customers = list(dict.fromkeys(row["CustomerID"] for row in rows if row["CustomerID"]))
    clicking = set(customers[::3])
    invoices = []
    for place, (number, told) in enumerate(by_number.items()):
        customer, sells = told[0]["CustomerID"], not number.startswith("C")
        after_click = sells and customer in clicking
        if after_click:
            clicking.remove(customer)
        invoices.append(_invoice(number, told, after_click=after_click, with_coupon=sells and place % 10 == 7))
    return invoices


def _invoice(number: str, told: Sequence[Mapping[str, str]], *, after_click: bool, with_coupon: bool) -> Invoice:
    return Invoice(
        number=number,
        at=datetime.strptime(told[0]["InvoiceDate"], "%m/%d/%Y %H:%M").replace(tzinfo=LONDON),
        customer=told[0]["CustomerID"],
        country=told[0]["Country"],
        lines=tuple(
            Line(row["StockCode"], row["Description"], int(row["Quantity"]), Decimal(row["UnitPrice"])) for row in told
        ),
        after_click=after_click,
        with_coupon=with_coupon,
    )


def sale_taken_back(cancelling: Invoice, invoices: Iterable[Invoice]) -> str:
    """Return the customer's latest earlier sale, or nothing where the file holds none."""
    earlier = [
        one.number
        for one in invoices
        if one.customer == cancelling.customer and not one.cancels and one.at < cancelling.at and one.total > 0
    ]
    return earlier[-1] if earlier else ""


def independent_books(invoices: Sequence[Invoice]) -> Books:
    """Count once more, in plain decimals: who brought each customer, and twelve percent of what stays of each order."""
    sales = [one for one in invoices if not one.cancels]
    refunds: dict[str, Decimal] = {}
    waiting = set()
    for one in invoices:
        taken_from = sale_taken_back(one, invoices) if one.cancels else ""
        if taken_from:
            refunds[taken_from] = refunds.get(taken_from, Decimal()) - one.total
        elif one.cancels:
            waiting.add(one.number)
    brought: dict[str, str] = {}
    earned: dict[tuple[str, str], Decimal] = {}
    for sale in sorted(sales, key=lambda one: (one.at, one.number)):
        partner = _partner_of(sale, brought)
        commission = _twelve_percent(sale, refunds.get(sale.number, Decimal()))
        if partner and commission:
            earned[partner, sale.number] = commission
    return Books(
        orders=len(sales),
        total=sum((one.total for one in sales), Decimal()),
        lines=sum(len(one.lines) for one in sales),
        earned=earned,
        waiting=frozenset(waiting),
    )


def _partner_of(sale: Invoice, brought: dict[str, str]) -> str:
    """A code brings its order, and the customer from then on; a click brings the customer."""
    now = "code site" if sale.with_coupon else "blogger" if sale.after_click else ""
    if now and sale.customer:
        brought[sale.customer] = now
    return now or brought.get(sale.customer, "")


def _twelve_percent(sale: Invoice, refunded: Decimal) -> Decimal:
    if sale.total <= refunded:
        return Decimal()
    share_left = Fraction(sale.total - refunded) / Fraction(sale.total)
    pence = RATE * share_left * Fraction(sale.total - sale.postage) * 100
    return pounds(int(pence + Fraction(1, 2)))


def pounds(minor: int) -> Decimal:
    """Return whole pence as pounds."""
    return Decimal(minor) / 100
