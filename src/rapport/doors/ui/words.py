"""Figures, dates and spans of time as a reader writes them: money in parts, moments in a zone, ages in short words.

Numbers and dates follow the reader's language (Babel). The currency stands behind the amount in every language, so that
figures under each other keep one edge.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_currency_symbol, get_decimal_symbol
from django.utils.translation import get_language, gettext, gettext_noop, to_locale

from rapport.domain.money import CURRENCIES, Money

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"

# English here is written with the day before the month and on a clock of 24 hours.
_LOCALES: Final = {"en": "en_GB"}
_SHOWN_DECIMALS: Final = 6

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MANY_DAYS: Final = 10


@cache
def _parsed(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, to_locale(language)))


def reader() -> Locale:
    """The locale of whoever reads this page."""
    return _parsed(get_language() or "en")


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in the parts that are drawn differently; `decimals` carries its separator."""

    sign: str
    integer: str
    decimals: str
    unit: str

    def __str__(self) -> str:
        """The amount as one text."""
        return f"{self.sign}{self.integer}{self.decimals}{NO_BREAK}{self.unit}"


def figure(money: Money, *, earned: bool = False, code: bool = False) -> Figure:
    """Take an amount apart for drawing.

    Args:
        money: the amount.
        earned: whether a plus belongs before it when it is positive.
        code: whether the ISO code is shown instead of the symbol, as in lists of several currencies.
    """
    places = CURRENCIES[money.currency]
    whole, part = divmod(abs(money.minor), 10**places)
    decimals = f"{get_decimal_symbol(reader())}{part:0{places}d}" if places else ""
    unit = money.currency if code else get_currency_symbol(money.currency, reader())
    return Figure(_sign(money.minor, earned=earned), format_decimal(whole, locale=reader()), decimals, unit)


def _sign(minor: int, *, earned: bool) -> str:
    if minor < 0:
        return MINUS
    return "+" if earned and minor > 0 else ""


def number(value: int | Decimal | Fraction) -> str:
    """A number with the separators of the reader, at most six decimals."""
    exact = _as_decimal(value)
    pattern = "#,##0." + "#" * _SHOWN_DECIMALS
    return format_decimal(exact, format=pattern, locale=reader()).replace("-", MINUS)


def percent(ratio: int | Decimal | Fraction) -> str:
    """A ratio as percent: 0.12 → "12 %", with a no-break space."""
    return f"{number(_as_decimal(ratio) * 100)}{NO_BREAK}%"


def _as_decimal(value: int | Decimal | Fraction) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(value)


def zone_of(zone: ZoneInfo | str | None) -> ZoneInfo:
    """The zone that was meant; without one, UTC."""
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone or "UTC")


def day(on: date, *, year: bool) -> str:
    """4 May, or 4 May 2026."""
    if year:
        return format_date(on, format="long", locale=reader())
    return format_skeleton("MMMMd", on, locale=reader())


def clock_time(at: datetime, *, zone: ZoneInfo, seconds: bool = False) -> str:
    """21:19, or 21:19:04, in the zone."""
    return at.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def duration(span: int | timedelta) -> str:
    """A span of time in one or two short words: 7 s, 12 min, 26 h, 2 d 4 h, 31 d.

    Args:
        span: whole seconds, or a timedelta; a negative span is shown as its size.
    """
    seconds = abs(int(span.total_seconds()) if isinstance(span, timedelta) else int(span))
    return _span(seconds).replace(" ", NO_BREAK)


def _span(seconds: int) -> str:
    # A minute and a half is still counted in seconds, one hour and a half in minutes, two days in hours.
    if seconds < _MINUTE * 3 // 2:
        return gettext("%(n)s s") % {"n": seconds}
    if seconds < _HOUR * 3 // 2:
        return gettext("%(n)s min") % {"n": seconds // _MINUTE}
    if seconds < 2 * _DAY:
        return gettext("%(n)s h") % {"n": seconds // _HOUR}
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    if days < _MANY_DAYS and hours:
        return gettext("%(d)s d %(h)s h") % {"d": days, "h": hours}
    return gettext("%(n)s d") % {"n": days}


_TRACK_WORDS: Final = {
    "none": gettext_noop("nothing yet"),
    "clicked": gettext_noop("clicked"),
    "reported": gettext_noop("order reported"),
    "waiting": gettext_noop("waiting"),
    "held": gettext_noop("held"),
    "disputed": gettext_noop("disputed"),
    "declined": gettext_noop("declined"),
    "approved": gettext_noop("approved"),
    "reversed": gettext_noop("reversed"),
    "paid": gettext_noop("paid"),
}


def track(state: str, *, passed: float = 0) -> str:
    """What a track says to those who listen: its state, and how much of the hold is over."""
    if state == "waiting" and passed:
        return gettext("waiting, %(percent)d %% of the hold has passed") % {"percent": passed}
    return gettext(_TRACK_WORDS[state])
