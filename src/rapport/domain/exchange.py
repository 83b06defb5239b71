"""Exchange rates: exact quotients of what was quoted, and the one way from an amount in one currency to another."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Final

from rapport.domain.money import Money, decimals_of, round_half_up

_QUOTED: Final = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,12}))?", re.ASCII)
_OVER: Final = "/"
_DIGITS: Final = 8
JUMP_PERCENT: Final = 10
"""A rate that lies further than this from the last good one is looked at by a person."""

NO_RATE_TEXT: Final = (
    "“%(text)s” is not a rate. Write plain digits with a dot before the decimals, such as 1.0834: above zero, at most "
    "12 digits before and after the dot."
)
MESSAGES: Final = (NO_RATE_TEXT,)
"""The sentences of this module, for translation."""

Pair = tuple[str, str]
"""Two currencies: what one of the first is worth in the second."""


class BadRate(ValueError):
    """A text that is no rate; `str()` is the English sentence for whoever wrote it."""

    def __init__(self, text: str) -> None:
        """Keep what was given, short enough for a sentence."""
        self.values = {"text": text[:40]}
        super().__init__(NO_RATE_TEXT % self.values)

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in the reader's language."""
        return translate(NO_RATE_TEXT) % self.values


@dataclass(frozen=True, slots=True)
class Rate:
    """What one of a currency is worth in another, of a day, as somebody quoted it.

    `text` is a decimal such as "0.92", or the quotient of two of them, "1/1.0834" or "11.2/1.0834": exact, and
    still what anybody can find in the list of that day.
    """

    text: str
    day: date
    source: str

    @property
    def exact(self) -> Fraction:
        """Return the rate as an exact number."""
        return exact_of(self.text)

    def factor(self, pair: Pair) -> Fraction:
        """Return what minor units of the first currency are multiplied by to be minor units of the second."""
        return factor_of(self.text, pair)

    def mirrored(self) -> "Rate":
        """Return the way back: exactly one divided by this rate."""
        over, _, under = self.text.partition(_OVER)
        return Rate(under if over == "1" and under else f"{under or '1'}{_OVER}{over}", self.day, self.source)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The currency of an order where it is not the program's own, and the rate that stands on it; None until known."""

    currency: str
    rate: Rate | None = None


@dataclass(frozen=True, slots=True, order=True)
class Quotation:
    """One line of somebody's list: on a day one of `base` was worth `text` of `quote`.

    Of one day what a person wrote goes before a list, and of one source what was written later.
    """

    day: date
    by_hand: bool
    id: str
    base: str
    quote: str
    text: str
    source: str


def exact_of(text: str) -> Fraction:
    """Return a rate as an exact number from its text: a decimal, or the quotient of two."""
    over, _, under = text.partition(_OVER)
    return Fraction(over) / Fraction(under or "1")


def factor_of(text: str, pair: Pair) -> Fraction:
    """Return what minor units of the first currency are multiplied by to be minor units of the second."""
    base, quote = pair
    return exact_of(text) * Fraction(10) ** (decimals_of(quote) - decimals_of(base))


def quoted(text: str) -> str:
    """Return a quotation as it is kept, without zeros at its end; raises `BadRate`."""
    found = _QUOTED.fullmatch(text.strip())
    if found is None or Fraction(found[0]) == 0:
        raise BadRate(text)
    decimals = (found[2] or "").rstrip("0")
    return f"{found[1]}.{decimals}" if decimals else found[1]


def shown(exact: Fraction) -> str:
    """Return a rate as people read it: eight digits that count, no zeros at the end."""
    with localcontext(prec=_DIGITS) as context:
        context.rounding = ROUND_HALF_UP
        text = format(Decimal(exact.numerator) / Decimal(exact.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def convert(money: Money, currency: str, *, rate: Rate) -> Money:
    """Return an amount in another currency, rounded once, half up."""
    return Money(round_half_up(money.minor * rate.factor((money.currency, currency))), currency)


def jumps(before: Fraction, after: Fraction) -> bool:
    """Say whether a rate lies further from the last good one than is believed without a look."""
    return abs(after - before) * 100 > before * JUMP_PERCENT


def choose_rate(quotations: Iterable[Quotation], pair: Pair) -> Rate | None:
    """Return the latest rate between two currencies that these quotations tell: quoted itself, or by a third currency.

    The latest day wins; on one day a pair that was quoted itself goes before one that is computed.
    """
    by_day: dict[date, dict[Pair, Quotation]] = {}
    for one in sorted(quotations):
        by_day.setdefault(one.day, {})[one.base, one.quote] = one
    for day in sorted(by_day, reverse=True):
        rate = _itself(by_day[day], pair) or _crossed(by_day[day], pair)
        if rate:
            return rate
    return None


def _itself(known: Mapping[Pair, Quotation], pair: Pair) -> Rate | None:
    base, quote = pair
    found = [one for one in (known.get((base, quote)), known.get((quote, base))) if one]
    if not found:
        return None
    last = max(found)
    return Rate(last.text if last.base == base else f"1{_OVER}{last.text}", last.day, last.source)


def _crossed(known: Mapping[Pair, Quotation], pair: Pair) -> Rate | None:
    """Return the rate by a currency in which both were quoted, as lists with one base do."""
    base, quote = pair
    for middle in sorted({one for one, _ in known}):
        under, over = known.get((middle, base)), known.get((middle, quote))
        if under and over:
            source = over.source if over.source == under.source else f"{over.source}, {under.source}"
            return Rate(f"{over.text}{_OVER}{under.text}", over.day, source)
    return None
