"""Lines become orders: exact sums, identical lines summed, returns understood, refusals with reasons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rapport.apps.conversions.reading import Frame
from rapport.apps.imports.reading.columns import Meaning, guess_columns
from rapport.apps.imports.reading.layout import ADDED, MATCHED, Layout, check_layout, guess_layout
from rapport.apps.imports.reading.lines import Line, LineReader
from rapport.apps.imports.reading.orders import Correction, OrderReader, Piece, Refused, Sale, Told
from rapport.apps.imports.reading.tables import Row
from rapport.apps.imports.reading.values import (
    DateOrder,
    DecimalSign,
    parse_moment,
    parse_number,
    possible_orders,
    possible_signs,
)
from rapport.apps.record.errors import BadInput
from tests.make.identity import NOON

FRAME = Frame("prg_1", "EUR", frozenset({"sale"}))
HEADER = tuple(meaning.value for meaning in Meaning)
LAYOUT = Layout(
    subject="orders",
    columns={meaning: meaning.value for meaning in Meaning},
    zone="Europe/Berlin",
    decimal=DecimalSign.POINT,
)
DAY = "2026-02-01 10:00"


def told(*lines: dict[str, str], **choices: Any) -> list[Told]:  # noqa: ANN401 - fields of a layout
    """Read lines of one order; each is told by its cells, the rest is plain."""
    layout = replace(LAYOUT, **choices)
    reader = LineReader(layout, HEADER, currency="EUR")
    rows = [
        Row(number, tuple({"order": "1", "date": DAY, "product": "TEA", **cells}.get(name, "") for name in HEADER))
        for number, cells in enumerate(lines, start=2)
    ]
    return OrderReader(layout=layout, frame=FRAME, received_at=NOON).read([reader.read(row) for row in rows])


def sale(*lines: dict[str, str], **choices: Any) -> Sale:  # noqa: ANN401 - as above
    (only,) = told(*lines, **choices)
    assert isinstance(only, Sale), only
    return only


def refused(*lines: dict[str, str], **choices: Any) -> dict[int, str]:  # noqa: ANN401 - as above
    (only,) = told(*lines, **choices)
    assert isinstance(only, Refused), only
    return dict(only.reasons)


def test_the_sum_is_exact_and_rounded_once_and_identical_lines_are_summed() -> None:
    line = {"price": "0.335", "quantity": "1"}
    one = sale(line, line, line, {"price": "1.005", "quantity": "3", "product": "CUP", "name": "A cup"})
    assert one.read.amounts.total_minor == 402
    assert [(each.given.product, each.given.quantity, each.price_minor) for each in one.read.lines] == [
        ("CUP", Decimal(3), 101),
        ("TEA", Decimal(3), 34),
    ]


def test_everything_that_a_line_says_reaches_the_order() -> None:
    facts = {"customer": "anna", "country": "United Kingdom", "coupon": "tea5; TEA6", "click": "abc", "brand": "B"}
    one = sale(
        {"amount": "10", "tax": "1", "shipping": "2", "discount": "-3", "currency": "eur", **facts}, {"amount": "5"}
    )
    given = one.read.given
    assert (given.customer_id, given.country, given.coupons, given.click_ids) == (
        "anna",
        "GB",
        ("TEA6", "TEA5"),
        ("abc",),
    )
    amounts = one.read.amounts
    assert (amounts.total_minor, amounts.tax_minor, amounts.shipping_minor, amounts.discount_minor) == (
        1500,
        100,
        200,
        300,
    )
    assert one.read.occurred_at == datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
    on_top = sale({"amount": "10", "tax": "1", "shipping": "2", "discount": "3", "country": "fr"}, parts=ADDED)
    assert (on_top.read.amounts.total_minor, on_top.read.given.country) == (1000, "FR")


def test_postage_sold_as_a_product_is_shipping_and_a_discount_line_is_part_of_the_order() -> None:
    lines = ({"price": "10"}, {"price": "3", "product": "POST"}, {"price": "-2", "product": "OFF"})
    one = sale(*lines, shipping_products=("POST",))
    assert (one.read.amounts.total_minor, one.read.amounts.shipping_minor) == (1100, 300)
    assert [line.given.quantity for line in one.read.lines if line.given.product == "OFF"] == [Decimal(-1)]


def test_a_line_that_cannot_be_read_refuses_its_whole_order() -> None:
    reasons = refused({"price": "10"}, {"price": "ten"}, {"price": "10"})
    assert "“ten” is no number" in reasons[3]
    assert reasons[2] == reasons[4] == "Line 3 of the same order cannot be read, so its sum is not known."


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([{"price": "1", "date": "soon"}], "is no date"),
        ([{"price": "1", "date": "2031-01-01"}], "in the future"),
        ([{"product": "TEA"}], "has no amount"),
        ([{"price": "1", "currency": "EURO"}], "is not a currency"),
        ([{"price": "1", "currency": "USD"}, {"price": "1", "currency": "EUR"}], "different currencies"),
        ([{"price": "1", "name": "a\nb"}], "line break"),
        ([{"price": "1", "customer": "x" * 200}], "too long"),
        ([{"price": "1", "customer": "a"}, {"price": "1", "customer": "b"}], "different customers"),
        ([{"price": "-1", "corrects": "a"}, {"price": "-1", "corrects": "b"}], "different orders"),
        ([{"price": "0", "quantity": "-3"}], "price 0"),
        ([{"price": "1", "order": "C1"}], "above zero"),
        ([{"price": "1", "product": f"P{n}"} for n in range(1_001)], "at most 1,000"),
        ([{"amount": "1", "tax": "2"}], "more than the total"),
    ],
)
def test_a_refusal_says_why(lines: Sequence[dict[str, str]], words: str) -> None:
    assert words in refused(*lines)[2]


def test_an_order_without_end_is_refused_whole() -> None:
    lines = [Line(number=number, order="1") for number in range(20_001)]
    (only,) = OrderReader(layout=LAYOUT, frame=FRAME, received_at=NOON).read(lines)
    assert isinstance(only, Refused)
    assert {why for _number, why in only.reasons} == {"The order has more than 20,000 lines."}


def test_a_line_without_an_order_number_is_refused_alone() -> None:
    line = LineReader(LAYOUT, HEADER, currency="EUR").read(Row(7, ("",) * len(HEADER)))
    assert (line.number, line.order, line.problem) == (7, "", "The line names no order.")


def test_a_cancellation_without_an_order_becomes_returned_pieces() -> None:
    lines = (
        {"order": "C9", "quantity": "-2", "price": "0.335", "customer": "anna"},
        {"order": "C9", "quantity": "-1", "price": "0.335", "customer": "anna", "date": "2026-02-01 09:00"},
        {"order": "C9", "quantity": "-1", "price": "2", "product": "CUP"},
        {"order": "C9", "quantity": "-1", "price": "0", "product": "BAG"},
    )
    useless, cup, tea = told(*lines)
    assert isinstance(useless, Refused)
    assert [number for number, _why in useless.reasons] == [5]
    assert isinstance(cup, Piece)
    assert isinstance(tea, Piece)
    assert (cup.product, cup.amount_minor, cup.lines) == ("CUP", 200, (4,))
    assert (tea.quantity, tea.amount_minor, tea.lines) == (Decimal(3), 101, (2, 3))
    assert cup.at_ms == tea.at_ms


def test_what_names_its_order_corrects_it() -> None:
    (named,) = told({"order": "C9", "corrects": "1", "quantity": "-1", "price": "2"})
    (negative,) = told({"order": "1", "amount": "-2"})
    (again,) = told({"order": "1", "amount": "-2.00"})
    assert isinstance(named, Correction)
    assert isinstance(negative, Correction)
    assert isinstance(again, Correction)
    assert (named.read.external_id, named.read.given.of, named.read.parts["total"]) == ("C9", "1", -200)
    assert negative.read.external_id == again.read.external_id
    assert negative.read.external_id.startswith("file:")
    (piece,) = told({"order": "R1", "amount": "-2", "quantity": "-1"}, negative=MATCHED)
    assert isinstance(piece, Piece)


def test_goods_that_come_back_later_under_the_number_of_their_order_correct_it() -> None:
    sold, back = told({"price": "5"}, {"price": "5", "quantity": "-1", "date": "2026-02-03"})
    assert isinstance(sold, Sale)
    assert isinstance(back, Correction)
    assert (sold.read.amounts.total_minor, back.read.given.of, back.read.parts["total"]) == (500, "1", -500)


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("1,234.50", DecimalSign.POINT, "1234.50"),
        ("1.234,50 €", DecimalSign.COMMA, "1234.50"),
        ("£ 2.55", DecimalSign.POINT, "2.55"),
        ("(3.00)", DecimalSign.POINT, "-3.00"),
        ("3.00-", DecimalSign.POINT, "-3.00"),
        ("\u22123", DecimalSign.POINT, "-3"),
        ("1 234", DecimalSign.COMMA, "1234"),
        (".5", DecimalSign.POINT, "0.5"),
        ("1,23", DecimalSign.POINT, None),
        ("", DecimalSign.POINT, None),
        ("EUR", DecimalSign.POINT, None),
        ("9" * 30, DecimalSign.POINT, None),
        ("NaN", DecimalSign.POINT, None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, sign: DecimalSign, number: str | None) -> None:
    assert parse_number(text, sign) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("3/4/2026", DateOrder.DAY_FIRST, "2026-04-02T22:00"),
        ("3/4/2026", DateOrder.MONTH_FIRST, "2026-03-03T23:00"),
        ("3/4/2026", None, None),
        ("2026-03-04 08:26:05", None, "2026-03-04T07:26:05"),
        ("2026-03-04T08:26:05.123Z", None, "2026-03-04T08:26:05"),
        ("2026-03-04T08:26+02:00", None, "2026-03-04T06:26"),
        ("2026-03-04T08:26-0330", None, "2026-03-04T11:56"),
        ("4.3.26 12:05 am", DateOrder.DAY_FIRST, "2026-03-03T23:05"),
        ("3/4/2026 1:05 PM", DateOrder.MONTH_FIRST, "2026-03-04T12:05"),
        ("3/4/2026 13:05 PM", DateOrder.MONTH_FIRST, None),
        ("31/4/2026", DateOrder.DAY_FIRST, None),
        ("1/1/126", DateOrder.DAY_FIRST, None),
        ("0001-01-01", None, None),
    ],
)
def test_moments_are_read_in_the_zone_that_was_chosen(text: str, order: DateOrder | None, moment: str | None) -> None:
    read = parse_moment(text, order, zone=ZoneInfo("Europe/Berlin"))
    assert read == (datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None)


def test_what_may_be_read_two_ways_is_asked_and_dirt_does_not_change_that() -> None:
    assert possible_orders(["3/4/2026", "dirt"]) == set(DateOrder)
    assert possible_orders(["3/4/2026", "3/14/2026"]) == {DateOrder.MONTH_FIRST}
    assert possible_signs(["1,234", "dirt"]) == set(DecimalSign)
    assert possible_signs(["1,234.5", "dirt"]) == {DecimalSign.POINT}
    header = ("order", "date", "amount")
    guess = guess_layout("orders", header, [("1", "3/4/2026", "1,234")], zone="UTC")
    with pytest.raises(BadInput) as bad:
        check_layout(guess, header, [("1", "3/4/2026", "1,234")])
    assert set(bad.value.fields) == {"date_order", "decimal"}
    with pytest.raises(BadInput) as bad:
        check_layout(replace(guess, columns={Meaning.PRODUCT: "goods"}), header, [])
    assert set(bad.value.fields) == {"order", "date", "amount", "product", "decimal"}


def test_columns_are_guessed_by_name_in_several_languages_and_by_value() -> None:
    header = ("Bestellnummer", "gekauft", "Menge", "E-Mail", "Цена", "Gutscheincode", "qty")
    samples = [("1", "31.12.2026", "2", "a@example.com", "4,50", "", "many")]
    assert guess_columns(header, samples, among=tuple(Meaning)) == {
        Meaning.ORDER: "Bestellnummer",
        Meaning.DATE: "gekauft",
        Meaning.QUANTITY: "Menge",
        Meaning.PRICE: "Цена",
        Meaning.COUPON: "Gutscheincode",
    }
