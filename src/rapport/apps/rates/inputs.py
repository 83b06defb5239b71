"""What the actions of rates take: a rate that a person writes, and the lines of a list."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import Input
from rapport.domain.exchange import BadRate, quoted
from rapport.domain.money import CURRENCIES, UnknownCurrency

EARLIEST = date(1990, 1, 1)


def _currency(value: str) -> str:
    code = value.upper()
    if code not in CURRENCIES:
        raise ValueError(UnknownCurrency(value).sentence(_))
    return code


def _rate(value: str) -> str:
    try:
        return quoted(value)
    except BadRate as error:
        raise ValueError(error.sentence(_)) from None


Currency = Annotated[str, Field(min_length=3, max_length=3), AfterValidator(_currency)]


class RateInput(Input):
    """One of `base` was worth `rate` of `quote` on a day."""

    base: Currency
    quote: Currency
    day: date
    rate: Annotated[str, Field(min_length=1, max_length=32), AfterValidator(_rate)]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list: on a day one of the list's own currency was worth so much."""

    base: str
    quote: str
    day: date
    rate: str


def checked_rate(given: RateInput, *, today: date) -> Listed:
    """Return a rate that a person wrote; refuses a currency against itself and a day that has not been."""
    problems = {}
    if given.base == given.quote:
        problems["quote"] = _("Choose two different currencies.")
    if not EARLIEST <= given.day <= today:
        problems["day"] = _("Give a day that has been, or today.")
    if problems:
        raise BadInput(_("Some fields need another look."), fields=problems)
    return Listed(given.base, given.quote, given.day, given.rate)
