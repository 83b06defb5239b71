"""Amounts are read strictly, written plainly, rounded once and shared without losing a unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.money import (
    CURRENCIES,
    MAX_MINOR,
    MESSAGES,
    BadAmount,
    CurrencyMismatch,
    Money,
    NothingToShareBy,
    UnknownCurrency,
    allocate,
    decimals_of,
    format_amount,
    parse_amount,
    round_half_up,
)

currencies = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(-MAX_MINOR, MAX_MINOR)
moneys = st.builds(Money, minors, currencies)
exact_shares = st.fractions(min_value=0, max_value=1000, max_denominator=1000)


def test_every_currency_has_its_own_number_of_decimals() -> None:
    assert {code: decimals_of(code) for code in ("JPY", "EUR", "KWD", "CLF")} == {
        "JPY": 0,
        "EUR": 2,
        "KWD": 3,
        "CLF": 4,
    }
    assert all(len(code) == 3 and code.isupper() and code.isascii() for code in CURRENCIES)


def test_currencies_that_ended_or_have_no_minor_unit_are_unknown() -> None:
    for code in ("BGN", "HRK", "ANG", "SLL", "ZWL", "CUC", "XAU", "XDR", "XXX", "XTS", "eur", ""):
        with pytest.raises(UnknownCurrency, match="not a currency"):
            Money(0, code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("0", "EUR", 0),
        ("0.01", "EUR", 1),
        ("1200", "JPY", 1200),
        ("1.005", "KWD", 1005),
        ("0.0001", "CLF", 1),
        ("10000000000000.00", "EUR", MAX_MINOR),
    ],
)
def test_an_amount_is_read_in_whole_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == Money(minor, currency)


NOT_PLAIN_DIGITS = ["", " ", "1 ", " 1", "1\n", "+1", "1e3", "1E3", "1,000", "1,5", "1_000", "01", ".5", "5."]
NOT_EVEN_A_NUMBER = ["0x10", "--1", "NaN", "Infinity", "١٢", "1.2.3", "12\x00", "½", "€5", "5 EUR"]


@pytest.mark.parametrize("text", [*NOT_PLAIN_DIGITS, *NOT_EVEN_A_NUMBER])
def test_a_text_that_is_not_plain_digits_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadAmount, match="is not an amount"):
        parse_amount(text, "EUR")


@pytest.mark.parametrize(
    ("text", "currency"), [("1.0", "JPY"), ("1.234", "EUR"), ("1.2300", "KWD"), ("0.00000", "CLF")]
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(BadAmount, match=f"{currency} amounts have at most {CURRENCIES[currency]}"):
        parse_amount(text, currency)


@pytest.mark.parametrize("text", ["10000000000000.01", "9" * 16, "9" * 1_000_000])
def test_an_amount_beyond_the_largest_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadAmount, match=r"The largest amount accepted is 10000000000000\.00 EUR") as refused:
        parse_amount(text, "EUR")
    assert len(str(refused.value)) < 200


def test_a_sign_is_refused_where_it_has_no_meaning() -> None:
    with pytest.raises(BadAmount, match="negative"):
        parse_amount("-1", "EUR")
    assert parse_amount("-1", "EUR", signed=True) == Money(-100, "EUR")


def test_an_unknown_currency_is_a_bad_amount_too() -> None:
    with pytest.raises(BadAmount, match="“EURO” is not a currency"):
        parse_amount("1", "EURO")


def test_a_refusal_can_be_said_in_the_readers_language() -> None:
    with pytest.raises(BadAmount) as refused:
        parse_amount("1.234", "EUR")
    assert refused.value.message in MESSAGES
    said = refused.value.sentence(lambda _: "%(currency)s: %(decimals)s знака")
    assert said == "EUR: 2 знака"


@given(moneys)
def test_what_is_written_reads_back_as_the_same_money(money: Money) -> None:
    assert parse_amount(format_amount(money), money.currency, signed=True) == money


def test_amounts_are_written_with_all_decimals_of_the_currency() -> None:
    written = [format_amount(Money(-5, code)) for code in ("JPY", "EUR", "KWD", "CLF")]
    assert written == ["-5", "-0.05", "-0.005", "-0.0005"]
    assert format_amount(Money(123456, "EUR")) == "1234.56"


@given(currencies, minors, minors)
def test_money_of_one_currency_adds_and_compares_as_its_minor_units(currency: str, left: int, right: int) -> None:
    one, other = Money(left, currency), Money(right, currency)
    assert one + other == Money(left + right, currency)
    assert one - other == one + -other
    assert (one < other, one <= other, one > other, one >= other) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )
    assert sum([one, other], Money.zero(currency)) == one + other


def test_two_currencies_never_meet_in_a_sum_or_a_comparison() -> None:
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    assert euro != yen
    for meet in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(CurrencyMismatch, match="EUR and JPY"):
            meet(euro, yen)


def test_a_half_is_rounded_away_from_zero() -> None:
    halves = [Fraction(numerator, 2) for numerator in (-3, -1, 1, 3)]
    assert [round_half_up(half) for half in halves] == [-2, -1, 1, 2]
    assert round_half_up(Fraction(0)) == 0


@given(st.fractions())
def test_rounding_is_nearest_and_a_mirror_rounds_as_its_original(exact: Fraction) -> None:
    rounded = round_half_up(exact)
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert round_half_up(-exact) == -rounded


def test_units_left_over_go_to_the_largest_remainders_and_equal_ones_in_order() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert allocate(5, [Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)]) == [3, 1, 1]
    assert allocate(0, [1, 2]) == [0, 0]
    assert allocate(7, [0, 1, 0]) == [0, 7, 0]


@given(minors, st.lists(st.integers(0, 10**9) | exact_shares, min_size=1, max_size=20).filter(any))
def test_parts_add_up_to_the_whole_and_each_is_within_one_unit_of_its_exact_share(
    total: int, weights: list[int | Fraction]
) -> None:
    parts = allocate(total, weights)
    whole = sum(weights, Fraction(0))
    assert sum(parts) == total
    assert all(abs(part - total * weight / whole) < 1 for part, weight in zip(parts, weights, strict=True))
    assert allocate(-total, weights) == [-part for part in parts]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1], [Fraction(-1)]])
def test_an_amount_cannot_be_shared_by_nothing(weights: list[int | Fraction]) -> None:
    with pytest.raises(NothingToShareBy):
        allocate(100, weights)
