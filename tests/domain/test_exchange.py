"""Rates: what was quoted is kept to the last digit, and an amount is rounded once on its way to another currency."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.exchange import BadRate, Quotation, Rate, choose_rate, convert, jumps, quoted, shown
from rapport.domain.money import CURRENCIES, Money

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 2, 27)


def told(
    quote: str, text: str, *, base: str = "EUR", day: date = MONDAY, by_hand: bool = False, no: int = 1
) -> Quotation:
    return Quotation(day, by_hand, f"rat_{no}", base, quote, text, "manual" if by_hand else "ecb")


@pytest.mark.parametrize(("text", "kept"), [("1.0834", "1.0834"), (" 163.250 ", "163.25"), ("7", "7"), ("2.000", "2")])
def test_a_rate_is_kept_as_it_was_quoted_without_zeros_at_its_end(text: str, kept: str) -> None:
    assert quoted(text) == kept


@pytest.mark.parametrize(
    "text", ["", "0", "0.000", "-1", "1,08", "1e3", "NaN", "1.0834567890123", "1234567890123", "٣"]
)
def test_what_is_no_rate_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadRate, match="is not a rate") as refused:
        quoted(text)
    assert refused.value.sentence(lambda message: f"So: {message}").startswith("So: “")


def test_the_latest_day_is_taken() -> None:
    known = [told("USD", "1.0805", day=FRIDAY), told("USD", "1.0834")]
    assert choose_rate(known, ("EUR", "USD")) == Rate("1.0834", MONDAY, "ecb")
    assert choose_rate(known[:1], ("EUR", "USD")) == Rate("1.0805", FRIDAY, "ecb")
    assert choose_rate([], ("EUR", "USD")) is None


def test_the_way_back_is_exactly_one_divided_by_it() -> None:
    rate = choose_rate([told("USD", "1.0834")], ("USD", "EUR"))
    assert rate == Rate("1/1.0834", MONDAY, "ecb")
    assert rate.exact == Fraction(10_000, 10_834)


def test_two_currencies_meet_by_the_one_in_which_both_were_quoted() -> None:
    known = [told("USD", "1.0834"), told("SEK", "11.2")]
    rate = choose_rate(known, ("USD", "SEK"))
    assert rate == Rate("11.2/1.0834", MONDAY, "ecb")
    assert rate.exact == Fraction("11.2") / Fraction("1.0834")
    assert choose_rate(known, ("USD", "NOK")) is None


def test_a_pair_of_its_own_goes_before_one_that_is_computed_and_says_both_sources_else() -> None:
    cross = [told("USD", "1.0834"), told("SEK", "11.2", by_hand=True, no=2)]
    crossed = choose_rate(cross, ("USD", "SEK"))
    assert crossed is not None
    assert crossed.source == "manual, ecb"
    assert choose_rate([*cross, told("SEK", "10.5", base="USD", by_hand=True, no=3)], ("USD", "SEK")) == Rate(
        "10.5", MONDAY, "manual"
    )


def test_of_one_day_a_person_goes_before_a_list_and_the_later_word_before_the_earlier() -> None:
    listed, corrected = told("USD", "1.0834", no=1), told("USD", "1.0843", no=2)
    by_hand, again = told("USD", "1.08", by_hand=True, no=0), told("USD", "1.09", by_hand=True, no=3)
    assert choose_rate([corrected, listed], ("EUR", "USD")) == Rate("1.0843", MONDAY, "ecb")
    assert choose_rate([by_hand, corrected, listed], ("EUR", "USD")) == Rate("1.08", MONDAY, "manual")
    assert choose_rate([again, by_hand, corrected], ("EUR", "USD")) == Rate("1.09", MONDAY, "manual")


@pytest.mark.parametrize(
    ("text", "back"), [("1.0834", "1/1.0834"), ("1/1.0834", "1.0834"), ("11.2/1.0834", "1.0834/11.2"), ("1", "1/1")]
)
def test_a_rate_knows_its_way_back(text: str, back: str) -> None:
    rate = Rate(text, MONDAY, "ecb")
    assert rate.mirrored().text == back
    assert rate.mirrored().exact * rate.exact == 1


def test_decimals_of_both_currencies_count() -> None:
    """A hundred dollars are yen without decimals and dinar with three."""
    assert convert(Money(10_000, "USD"), "JPY", rate=Rate("150.68", MONDAY, "ecb")) == Money(15_068, "JPY")
    assert convert(Money(10_000, "USD"), "KWD", rate=Rate("0.3074", MONDAY, "ecb")) == Money(30_740, "KWD")
    assert convert(Money(15_068, "JPY"), "USD", rate=Rate("1/150.68", MONDAY, "ecb")) == Money(10_000, "USD")


def test_more_than_a_tenth_is_a_jump_either_way() -> None:
    assert not jumps(Fraction(1), Fraction("1.1"))
    assert jumps(Fraction(1), Fraction("1.1001"))
    assert not jumps(Fraction(1), Fraction("0.9"))
    assert jumps(Fraction(1), Fraction("0.8999"))


def test_people_read_eight_digits() -> None:
    assert shown(Fraction(10_000, 10_834)) == "0.92302012"
    assert shown(Fraction(1, 16325)) == "0.000061255743"
    assert shown(Fraction("1.0834")) == "1.0834"
    assert shown(Fraction(100)) == "100"


quotations = some.from_regex(r"(0|[1-9][0-9]{0,5})\.[0-9]{1,6}", fullmatch=True).filter(lambda text: Fraction(text) > 0)
currencies = some.sampled_from(sorted(CURRENCIES))


@given(minor=some.integers(-(10**12), 10**12), base=currencies, quote=currencies, over=quotations, under=quotations)
def test_an_amount_lies_within_half_a_unit_of_the_exact_one_and_a_mirror_converts_to_a_mirror(
    minor: int, base: str, quote: str, over: str, under: str
) -> None:
    rate = Rate(f"{over}/{under}", MONDAY, "ecb")
    exact = minor * Fraction(over) / Fraction(under) * Fraction(10) ** (CURRENCIES[quote] - CURRENCIES[base])
    assert abs(convert(Money(minor, base), quote, rate=rate).minor - exact) <= Fraction(1, 2)
    assert convert(Money(-minor, base), quote, rate=rate) == -convert(Money(minor, base), quote, rate=rate)


@given(
    some.permutations(
        [told("USD", f"1.0{number}", day=MONDAY - timedelta(days=number % 3), no=number) for number in range(6)]
    )
)
def test_in_whatever_order_rates_became_known_the_same_one_is_taken(known: list[Quotation]) -> None:
    assert choose_rate(known, ("USD", "EUR")) == Rate("1/1.03", MONDAY, "ecb")
