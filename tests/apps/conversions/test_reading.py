"""A strict input becomes a fact in the program's own units, or one sentence for every field."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.reading import Frame, read_conversion, read_correction
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from tests.make.identity import NOON

FRAME = Frame(program_id="prg_1", currency="EUR", kinds=frozenset({"sale", "lead"}))


def sale(**changes: Any) -> ConversionInput:  # noqa: ANN401 - any field of a report
    return read_input(
        ConversionInput, {"kind": "sale", "external_id": "1", "currency": "EUR", "total": "10.00", **changes}
    )


def refused(given: ConversionInput | CorrectionInput) -> dict[str, str]:
    with pytest.raises(BadInput) as refusal:
        read(given)
    return dict(refusal.value.fields)


def read(given: ConversionInput | CorrectionInput) -> object:
    if isinstance(given, ConversionInput):
        return read_conversion(given, frame=FRAME, received_at=NOON)
    return read_correction(given, frame=FRAME, received_at=NOON)


def test_amounts_become_minor_units_and_silence_the_moment_of_arrival() -> None:
    lines = [{"product": "A", "quantity": 2, "price": "5.00", "discount": "1.00", "cost": "2.50"}]
    read = read_conversion(sale(tax="1.60", shipping="2.00", lines=lines), frame=FRAME, received_at=NOON)
    assert (read.amounts.total_minor, read.amounts.tax_minor, read.amounts.shipping_minor) == (1_000, 160, 200)
    assert (read.lines[0].price_minor, read.lines[0].discount_minor, read.lines[0].cost_minor) == (500, 100, 250)
    assert read.occurred_at == NOON


def test_everything_wrong_is_told_at_once() -> None:
    wrong = sale(kind="call", currency="XXX", total="1,00", lines=[{"product": "A", "price": "-1.00"}])
    fields = refused(wrong)
    assert set(fields) == {"kind", "currency", "total", "lines.0.price"}
    assert "lead, sale" in fields["kind"]
    assert "XXX" in fields["currency"]


def test_amounts_are_read_in_the_currency_that_is_told() -> None:
    yen = read_conversion(sale(currency="JPY", total="16325"), frame=FRAME, received_at=NOON)
    assert yen.amounts.total_minor == 16_325
    assert set(refused(sale(currency="JPY", total="163.25"))) == {"total"}


def test_the_same_refund_without_a_number_in_two_currencies_is_two() -> None:
    def number(currency: str) -> str:
        told = read_input(CorrectionInput, {"kind": "refund", "of": "1", "currency": currency, "total": "10.00"})
        return read_correction(told, frame=FRAME, received_at=NOON).external_id

    assert number("EUR") != number("USD")


def test_parts_never_exceed_the_whole() -> None:
    assert set(refused(sale(tax="6.00", shipping="5.00"))) == {"total"}


@pytest.mark.parametrize(
    ("occurred_at", "fine"),
    [
        (NOON + timedelta(minutes=5), True),
        (NOON + timedelta(minutes=5, seconds=1), False),
        (datetime(1989, 12, 31, tzinfo=NOON.tzinfo), False),
        (datetime(1, 1, 1, tzinfo=NOON.tzinfo), False),
    ],
)
def test_moments_are_neither_to_come_nor_before_the_web(occurred_at: datetime, *, fine: bool) -> None:
    given = sale(occurred_at=occurred_at)
    if fine:
        assert read_conversion(given, frame=FRAME, received_at=NOON).occurred_at == occurred_at
    else:
        assert set(refused(given)) == {"occurred_at"}


def test_amounts_are_texts() -> None:
    with pytest.raises(BadInput) as refusal:
        sale(total=12.5)
    assert "quotation marks" in refusal.value.fields["total"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "Sale!"),
        ("external_id", "a\x07b"),
        ("country", "DEU"),
        ("customer_status", "old"),
        ("occurred_at", "2026-01-01T00:00:00"),
    ],
)
def test_what_cannot_be_used_is_answered_at_its_field(field: str, value: str) -> None:
    with pytest.raises(BadInput) as refusal:
        sale(**{field: value})
    assert list(refusal.value.fields) == [field]


def test_what_is_taken_away_becomes_a_delta_and_an_amendment_keeps_its_sign() -> None:
    refund = read_input(
        CorrectionInput, {"kind": "refund", "of": "1", "currency": "EUR", "total": "4.00", "tax": "0.50"}
    )
    read = read_correction(refund, frame=FRAME, received_at=NOON)
    assert read.parts == {"total": -400, "tax": -50, "shipping": None, "discount": None}
    amendment = read_input(CorrectionInput, {"kind": "amendment", "of": "1", "currency": "EUR", "total": "-4.00"})
    assert read_correction(amendment, frame=FRAME, received_at=NOON).parts["total"] == -400


def test_a_correction_without_a_number_is_known_by_what_it_says() -> None:
    def number(**changes: str) -> str:
        told = {"kind": "refund", "of": "1", "currency": "EUR", "total": "4.00", **changes}
        return read_correction(read_input(CorrectionInput, told), frame=FRAME, received_at=NOON).external_id

    assert number() == number()
    assert len({number(), number(total="4.01"), number(of="2"), number(occurred_at="2026-03-01T12:00:00Z")}) == 4
    assert number(external_id="rf-1") == "rf-1"


def test_a_correction_in_no_currency_or_of_an_unknown_kind_is_refused() -> None:
    told = {"kind": "refund", "of": "1", "of_kind": "call", "currency": "XXX", "total": "x"}
    assert set(refused(read_input(CorrectionInput, told))) == {"of_kind", "currency", "total"}


def test_a_correction_without_a_number_is_the_same_however_its_amount_and_moment_are_written() -> None:
    def number(**told: object) -> str:
        told = {"kind": "refund", "of": "1", "currency": "EUR", **told}
        return read_correction(read_input(CorrectionInput, told), frame=FRAME, received_at=NOON).external_id

    assert number(total="10") == number(total="10.00") != number(total="1.00")
    berlin, london = "2026-03-02T12:00:00+01:00", "2026-03-02T11:00:00Z"
    assert number(total="10", occurred_at=berlin) == number(total="10", occurred_at=london) != number(total="10")
