"""Money: whole minor units of one currency, and the few sums that may be done with it.

Nothing here ever sees a float. Fractions of a minor unit exist only while a rule is being computed;
`round_half_up` ends them once per commission, and `allocate` shares a whole without losing a unit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Self

# ISO 4217 list one as of 1 January 2026 (BGN left, XCG and ZWG came), by the number of decimals.
# Metals, bond units, test codes and XDR have no minor unit, so no amount can be written in them.
_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_TWO_DECIMALS: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
    XAD XCD XCG YER ZAR ZMW ZWG
"""
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS: Final = "CLF UYW"

CURRENCIES: Final[Mapping[str, int]] = MappingProxyType(
    {
        code: decimals
        for decimals, codes in (
            (0, _NO_DECIMALS),
            (2, _TWO_DECIMALS),
            (3, _THREE_DECIMALS),
            (4, _FOUR_DECIMALS),
        )
        for code in codes.split()
    }
)
"""Decimals of every active ISO 4217 currency that has a minor unit."""

MAX_MINOR: Final = 10**15
"""The largest amount accepted at a door; sums of very many of them still fit into 64 bits."""

_SHOWN: Final = 40
"""How many characters of what was given a refusal repeats."""

_MOST_DIGITS: Final = len(str(MAX_MINOR))
_PLAIN_DECIMAL: Final = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)

NOT_PLAIN: Final = (
    "“%(text)s” is not an amount. Write plain digits with a dot before the decimals, such as 12.50: "
    "no spaces, no thousands separators, no exponent."
)
TOO_PRECISE: Final = "“%(text)s” has too many decimals. %(currency)s amounts have at most %(decimals)s."
TOO_LARGE: Final = "“%(text)s” is too large. The largest amount accepted is %(largest)s %(currency)s."
NEGATIVE: Final = "“%(text)s” is negative. Write an amount of zero or more."
UNKNOWN_CURRENCY: Final = (
    "“%(currency)s” is not a currency. Write the three capital letters of an active ISO 4217 code, such as EUR."
)
MESSAGES: Final = (NOT_PLAIN, TOO_PRECISE, TOO_LARGE, NEGATIVE, UNKNOWN_CURRENCY)
"""The sentences of this module, for translation."""


class BadAmount(ValueError):
    """A text that is no acceptable amount; `str()` is the English sentence for whoever wrote it."""

    def __init__(self, message: str, **values: object) -> None:
        """Keep the sentence and its values apart, so that a door can translate the sentence."""
        super().__init__(message % values)
        self.message = message
        self.values = values

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in the reader's language."""
        return translate(self.message) % self.values


class UnknownCurrency(BadAmount):
    """A code that is not an active ISO 4217 currency with a minor unit."""

    def __init__(self, currency: str) -> None:
        """Name the code that was given."""
        super().__init__(UNKNOWN_CURRENCY, currency=_shown(currency))


class CurrencyMismatch(ArithmeticError):
    """Two currencies met in one sum: a mistake in our own code, never of a person."""

    def __init__(self, left: str, right: str) -> None:
        """Name both currencies."""
        super().__init__(f"{left} and {right} cannot be added or compared")


class NothingToShareBy(ValueError):
    """An amount was to be shared by no weights, by weights that are all zero, or by a negative one."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents, yen, fils) of one currency; may be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse a currency that nobody can write amounts in."""
        decimals_of(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing at all, in a currency: the start of a sum."""
        return cls(0, currency)

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency."""
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Take away an amount of the same currency."""
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> "Money":
        """Return the mirror image."""
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Say whether this is less than an amount of the same currency."""
        return self.minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        """Say whether this is at most an amount of the same currency."""
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: "Money") -> bool:
        """Say whether this is more than an amount of the same currency."""
        return self.minor > self._minor_of(other)

    def __ge__(self, other: "Money") -> bool:
        """Say whether this is at least an amount of the same currency."""
        return self.minor >= self._minor_of(other)

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor


def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has, 0 to 4; raise `UnknownCurrency`."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def parse_amount(text: str, currency: str, *, signed: bool = False) -> Money:
    """Read the strict decimal text of a door, such as "12.50"; raise `BadAmount`.

    Fewer decimals than the currency has are fine, more are refused even when they are zeros.
    A negative amount is refused unless the caller says that a sign has a meaning there.
    """
    decimals = decimals_of(currency)
    found = _PLAIN_DECIMAL.fullmatch(text)
    if found is None:
        raise BadAmount(NOT_PLAIN, text=_shown(text))
    sign, whole, part = found[1], found[2], found[3] or ""
    if sign and not signed:
        raise BadAmount(NEGATIVE, text=_shown(text))
    if len(part) > decimals:
        raise BadAmount(TOO_PRECISE, text=_shown(text), currency=currency, decimals=decimals)
    # The length goes first: turning a megabyte of digits into a number takes seconds.
    minor = MAX_MINOR + 1 if len(whole) > _MOST_DIGITS else int(whole + part.ljust(decimals, "0"))
    if minor > MAX_MINOR:
        largest = format_amount(Money(MAX_MINOR, currency))
        raise BadAmount(TOO_LARGE, text=_shown(text), largest=largest, currency=currency)
    return Money(-minor if sign else minor, currency)


def format_amount(money: Money) -> str:
    """Return the plain decimal text for doors, with all decimals of the currency: "-0.05", "1200"."""
    decimals = decimals_of(money.currency)
    sign = "-" if money.minor < 0 else ""
    digits = str(abs(money.minor)).rjust(decimals + 1, "0")
    if decimals == 0:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def round_half_up(exact: Fraction) -> int:
    """Round to the nearest whole number; a half goes away from zero, so that a mirror rounds as its original."""
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -magnitude if exact < 0 else magnitude


def allocate(total_minor: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Share a total by weights so that the parts add up to it, each within one unit of its exact share.

    Largest remainder: everybody gets the whole units of the exact share, the units left over go to the largest
    remainders, equal ones in the order given. A negative total is shared as the mirror of the positive one.
    Raise `NothingToShareBy` when the weights say nothing.
    """
    total_weight = sum(weights, Fraction(0))
    if total_weight == 0 or any(weight < 0 for weight in weights):
        raise NothingToShareBy(list(weights))
    exact = [abs(total_minor) * Fraction(weight) / total_weight for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: abs(total_minor) - sum(parts)]:
        parts[place] += 1
    return [-part for part in parts] if total_minor < 0 else parts


def _shown(text: str) -> str:
    """Return what was given, short enough for a sentence."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
