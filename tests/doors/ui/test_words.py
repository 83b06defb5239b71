"""Figures, days and spans of time read the way the look asks: small words, true minus, no-break spaces."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.money import CURRENCIES, Money, format_amount
from rapport.doors.ui import words

NB = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money(1_029, "EUR"), f"10.29{NB}€"),
        (Money(489_119, "EUR"), f"4,891.19{NB}€"),
        (Money(0, "EUR"), f"0.00{NB}€"),
        (Money(-490, "EUR"), f"{MINUS}4.90{NB}€"),
        (Money(-5, "EUR"), f"{MINUS}0.05{NB}€"),
        (Money(184_200, "JPY"), f"184,200{NB}JP¥"),
        (Money(96_125, "KWD"), f"96.125{NB}KWD"),
        (Money(41_082, "CLF"), f"4.1082{NB}CLF"),
        (Money(31_895, "USD"), f"318.95{NB}US$"),
        (Money(31_895, "GBP"), f"318.95{NB}£"),
    ],
)
def test_an_amount_is_written_with_its_decimals_and_its_currency_behind(money: Money, said: str) -> None:
    assert str(words.figure(money)) == said


def test_a_plus_stands_where_money_was_earned_and_only_there() -> None:
    assert str(words.figure(Money(1_251, "EUR"), earned=True)).startswith("+")
    assert words.figure(Money(0, "EUR"), earned=True).sign == ""
    assert words.figure(Money(-222, "EUR"), earned=True).sign == MINUS


def test_a_list_of_several_currencies_shows_codes() -> None:
    assert words.figure(Money(100, "USD"), code=True).unit == "USD"


def test_the_reader_chooses_the_separators() -> None:
    with translation.override("ru"):
        assert str(words.figure(Money(489_119, "EUR"))) == f"4{NB}891,19{NB}€"
        assert words.day(date(2026, 5, 4), year=False) == "4 мая"


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(CURRENCIES)))
def test_no_digit_is_lost_on_the_way_to_the_page(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    said = words.figure(money)
    digits = f"{said.sign}{said.integer}{said.decimals}".replace(MINUS, "-").replace(",", "")
    assert digits == format_amount(money)


def test_numbers_and_ratios_are_exact() -> None:
    assert words.number(30_020) == "30,020"
    assert words.number(Decimal("10.2924")) == "10.2924"
    assert words.number(-3) == f"{MINUS}3"
    assert words.number(Fraction(1, 3)) == "0.333333"
    assert words.percent(Decimal("0.12")) == f"12{NB}%"
    assert words.percent(Fraction(1, 8)) == f"12.5{NB}%"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (7, "7 s"),
        (89, "89 s"),
        (90, "1 min"),
        (89 * 60, "89 min"),
        (90 * 60, "1 h"),
        (26 * 3_600, "26 h"),
        (48 * 3_600, "2 d"),
        (52 * 3_600, "2 d 4 h"),
        (31 * 86_400 + 3_600, "31 d"),
        (-7, "7 s"),
    ],
)
def test_a_span_is_said_in_one_or_two_short_words(seconds: int, said: str) -> None:
    assert words.duration(seconds) == said.replace(" ", NB)
    assert words.duration(timedelta(seconds=seconds)) == said.replace(" ", NB)


def test_a_moment_is_told_in_the_zone_of_the_program() -> None:
    at = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    assert words.clock_time(at, zone=words.zone_of("Europe/Berlin")) == "01:59"
    assert words.clock_time(at + timedelta(seconds=1), zone=words.zone_of("Europe/Berlin"), seconds=True) == "03:00:00"
    assert words.clock_time(at, zone=words.zone_of(None)) == "00:59"
    zone = words.zone_of("Asia/Tokyo")
    assert words.zone_of(zone) is zone


def test_a_day_names_its_year_when_asked() -> None:
    assert words.day(date(2026, 5, 4), year=False) == "4 May"
    assert words.day(date(2026, 3, 19), year=True) == "19 March 2026"


def test_a_track_says_its_state_to_those_who_listen() -> None:
    assert words.track("paid") == "paid"
    assert words.track("waiting") == "waiting"
    assert words.track("waiting", passed=60) == "waiting, 60 % of the hold has passed"
