"""Read numbers and moments as people write them, once the decimal sign and the place of the day are said."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo


class DecimalSign(StrEnum):
    """Which sign stands before the cents."""

    POINT = "point"
    COMMA = "comma"


class DateOrder(StrEnum):
    """In which order day, month and year stand; a year of four digits in front needs no choice."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


Choice = TypeVar("Choice", DecimalSign, DateOrder)
MOST_DIGITS: Final = 15
_PLAIN: Final = {
    DecimalSign.POINT: re.compile(r"-?\d{1,12}(?:\.\d{1,4})?", re.ASCII),
    DecimalSign.COMMA: re.compile(r"-?\d{1,12}(?:,\d{1,4})?", re.ASCII),
}
"""What nearly all numbers look like; the rest is looked at more closely."""
_SPACES = re.compile(r"[\s\u00a0\u202f']")
_AROUND = re.compile(r"^[^\d(+\-\u2212.,]*|[^\d)\-\u2212]*$")
_DATE = re.compile(
    r"(?P<a>\d{1,4})[-./](?P<b>\d{1,2})[-./](?P<c>\d{1,4})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<half>[aApP][mM])?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_YEAR_DIGITS = 4
_MOST_MONTHS = 12


def parse_number(text: str, sign: DecimalSign) -> Decimal | None:
    """Return the exact number, or None for anything that is none; currency signs and words around it are dropped."""
    if _PLAIN[sign].fullmatch(text):
        return Decimal(text.replace(",", "."))
    bare = _SPACES.sub("", text).replace("\u2212", "-")
    negative = bare.startswith("(") and bare.endswith(")")
    bare = _AROUND.sub("", bare.strip("()"))
    if bare.endswith("-"):
        bare = f"-{bare[:-1]}"
    groups, point = (",", ".") if sign is DecimalSign.POINT else (".", ",")
    pattern = rf"[+-]?(?:\d+|\d{{1,3}}(?:\{groups}\d{{3}})+)?(?:\{point}\d*)?"
    if not re.fullmatch(pattern, bare, re.ASCII) or not any(letter.isdigit() for letter in bare):
        return None
    plain = bare.replace(groups, "").replace(point, ".")
    if len(plain) > MOST_DIGITS + 2:
        return None
    return -Decimal(plain) if negative else Decimal(plain)


def possible_signs(texts: Iterable[str]) -> frozenset[DecimalSign]:
    """Return the signs by which most of these texts are numbers: both where it makes no difference."""
    told = [text for text in texts if text]
    return _likeliest({sign: sum(parse_number(text, sign) is not None for text in told) for sign in DecimalSign})


def parse_moment(text: str, order: DateOrder | None, *, zone: ZoneInfo) -> datetime | None:
    """Return the moment in UTC, or None; a text without a zone of its own is of `zone`, a day begins at midnight."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    ymd = _year_month_day(found, order)
    if ymd is None:
        return None
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= _MOST_MONTHS:
            return None
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        local = datetime(*ymd, hour, int(found["minute"] or 0), int(found["second"] or 0), tzinfo=zone)
        return (local.replace(tzinfo=_offset(found["zone"])) if found["zone"] else local).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def possible_orders(texts: Collection[str]) -> frozenset[DateOrder]:
    """Return the orders by which most of these texts are dates: both for 3/4/2026."""
    zone = ZoneInfo("UTC")
    return _likeliest({order: sum(bool(parse_moment(text, order, zone=zone)) for text in texts) for order in DateOrder})


def _likeliest(fitting: Mapping[Choice, int]) -> frozenset[Choice]:
    """Return the choices by which the most texts can be read: real files have dirt in either."""
    most = max(fitting.values())
    return frozenset(choice for choice, number in fitting.items() if number == most)


def _year_month_day(found: re.Match[str], order: DateOrder | None) -> tuple[int, int, int] | None:
    first, second, third = found["a"], found["b"], found["c"]
    if len(first) == _YEAR_DIGITS:
        return int(first), int(second), int(third)
    if len(third) not in {2, _YEAR_DIGITS} or order is None:
        return None
    year = int(third) if len(third) == _YEAR_DIGITS else 2000 + int(third)
    if order is DateOrder.DAY_FIRST:
        return year, int(second), int(first)
    return year, int(first), int(second)


def _offset(text: str) -> timezone:
    if text in {"Z", "UTC"}:
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if text[0] == "-" else away)
