"""The words, days and choices that conditions of a rule ask for: how each is read, written and described."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapport.domain.terms.place import Place, shown
from rapport.domain.terms.shapes import Schema, Whole

_LONGEST: Final = 128
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_COUNTRY: Final = r"[A-Z]{2}"
_TEXT: Final = r"\S(?:[^\x00-\x1f\x7f]{0,126}\S)?"


@dataclass(frozen=True, slots=True)
class Text:
    """A word of the merchant's own, such as a product number or a category; how it is capitalised does not matter."""

    def read(self, value: object, place: Place) -> str | None:
        """Accept up to 128 characters without line breaks, no space at either end."""
        if isinstance(value, str) and re.fullmatch(_TEXT, value):
            return value
        place.refuse(
            place.speech.gettext(
                "“%(value)s” does not fit. Write a text of at most %(most)s characters, in quotes where it is a number."
            ),
            value=shown(value),
            most=_LONGEST,
        )
        return None

    def write(self, value: str, _currency: str) -> object:
        """Return the text itself."""
        return value

    def schema(self) -> Schema:
        """Describe the text."""
        return {"type": "string", "pattern": f"^{_TEXT}$"}


@dataclass(frozen=True, slots=True)
class Country:
    """The two letters of a country, ISO 3166."""

    def read(self, value: object, place: Place) -> str | None:
        """Accept two capital letters; YAML reads a bare NO as false, which is said."""
        if isinstance(value, str) and re.fullmatch(_COUNTRY, value):
            return value
        place.refuse(
            place.speech.gettext("“%(value)s” is no country. Write two capital letters in quotes, such as “DE”."),
            value=shown(value),
        )
        return None

    def write(self, value: str, _currency: str) -> object:
        """Return the letters."""
        return value

    def schema(self) -> Schema:
        """Describe the letters."""
        return {"type": "string", "pattern": f"^{_COUNTRY}$"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the program's zone."""

    def read(self, value: object, place: Place) -> date | None:
        """Accept a text such as "2026-11-27", or the day that YAML makes of it without quotes."""
        if type(value) is date:
            return value
        try:
            if isinstance(value, str) and re.fullmatch(_DAY, value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        place.refuse(
            place.speech.gettext("“%(value)s” is no day. Write year, month and day, such as “2026-11-27”."),
            value=shown(value),
        )
        return None

    def write(self, value: date, _currency: str) -> object:
        """Return the day as text."""
        return value.isoformat()

    def schema(self) -> Schema:
        """Describe the text."""
        return {"type": "string", "pattern": f"^{_DAY}$"}


LIFETIME: Final = "lifetime"

LIFETIME_DAYS: Final = 36_500
"""A lifetime in days of a window: nobody waits longer for an order."""


@dataclass(frozen=True, slots=True)
class DaysOrLifetime:
    """A number of days, or the word lifetime, which is `LIFETIME_DAYS` inside."""

    days: Whole

    def read(self, value: object, place: Place) -> int | None:
        """Accept a whole number of days or the word."""
        return LIFETIME_DAYS if value == LIFETIME else self.days.read(value, place)

    def write(self, value: int, currency: str) -> object:
        """Return the number or the word."""
        return LIFETIME if value == LIFETIME_DAYS else self.days.write(value, currency)

    def schema(self) -> Schema:
        """Describe both."""
        return {"oneOf": [self.days.schema(), {"const": LIFETIME}]}
