"""The single values that a document of terms may hold: how each is read, written and described.

Every shape answers three questions from one declaration: `read` (None after noting a problem), `write`, `schema`.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from rapport.domain.money import BadAmount, Money, format_amount, parse_amount
from rapport.domain.terms.place import Place, shown

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

Schema = dict[str, object]
"""A piece of JSON Schema, draft 2020-12."""

_NAME: Final = r"[a-z][a-z0-9_-]{0,31}"
_PERCENT: Final = r"(0|[1-9][0-9]?)(\.[0-9]{1,4})?|100(\.0{1,4})?"
_AMOUNT: Final = r"(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?"


class Shape(Protocol[T]):
    """What may stand at one place of a document."""

    def read(self, value: object, place: Place) -> T | None:
        """Return the typed value, or None after noting at the place what is wrong."""
        ...

    def write(self, value: T, currency: str) -> object:
        """Return the canonical form for a document."""
        ...

    def schema(self) -> Schema:
        """Describe what `read` accepts."""
        ...


@dataclass(frozen=True, slots=True)
class Name:
    """A short name that code and people both write: a kind of conversion, the name of a rule."""

    def read(self, value: object, place: Place) -> str | None:
        """Accept small letters, digits, - and _, at most 32 characters, a letter first."""
        if isinstance(value, str) and re.fullmatch(_NAME, value):
            return value
        place.refuse(
            place.speech.gettext(
                "“%(value)s” is not a name. Use small letters, digits, - and _, begin with a letter, "
                "at most 32 characters."
            ),
            value=shown(value),
        )
        return None

    def write(self, value: str, _currency: str) -> object:
        """Return the name itself."""
        return value

    def schema(self) -> Schema:
        """Describe a name."""
        return {"type": "string", "pattern": f"^{_NAME}$"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both included."""

    least: int
    most: int

    def read(self, value: object, place: Place) -> int | None:
        """Accept a number inside the bounds; YAML's yes and no are numbers to Python, and refused here."""
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        place.refuse(
            place.speech.gettext("“%(value)s” does not fit. Write a whole number from %(least)s to %(most)s."),
            value=shown(value),
            least=self.least,
            most=self.most,
        )
        return None

    def write(self, value: int, _currency: str) -> object:
        """Return the number itself."""
        return value

    def schema(self) -> Schema:
        """Describe the bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class YesNo:
    """A plain yes or no."""

    def read(self, value: object, place: Place) -> bool | None:
        """Accept true and false, no words and no numbers for them."""
        if isinstance(value, bool):
            return value
        place.refuse(place.speech.gettext("“%(value)s” does not fit. Write true or false."), value=shown(value))
        return None

    def write(self, value: bool, _currency: str) -> object:  # noqa: FBT001 - the value itself, as in every shape
        """Return the answer itself."""
        return value

    def schema(self) -> Schema:
        """Describe a yes or no."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class OneWord(Generic[Word]):
    """One word of a closed list."""

    words: type[Word]

    def read(self, value: object, place: Place) -> Word | None:
        """Accept a word of the list."""
        for word in self.words:
            if value == word.value:
                return word
        place.refuse(
            place.speech.gettext("“%(value)s” does not fit. Write one of: %(words)s."),
            value=shown(value),
            words=", ".join(self.words),
        )
        return None

    def write(self, value: Word, _currency: str) -> object:
        """Return the word."""
        return value.value

    def schema(self) -> Schema:
        """Describe the list."""
        return {"enum": [word.value for word in self.words]}


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage from 0 to 100 with at most four decimals, written as text so that nothing is lost."""

    def read(self, value: object, place: Place) -> Decimal | None:
        """Accept the plain text of a percentage, such as "12" or "7.5"."""
        if isinstance(value, str) and re.fullmatch(_PERCENT, value):
            return Decimal(value)
        place.refuse(
            place.speech.gettext(
                "“%(value)s” is not a percentage. Write it in quotes, from “0” to “100”, with a dot and at most "
                "four decimals, such as “7.5”."
            ),
            value=shown(value),
        )
        return None

    def write(self, value: Decimal, _currency: str) -> object:
        """Return the shortest plain text: "12", never "12.0" or "1E+1"."""
        return plain(value)

    def schema(self) -> Schema:
        """Describe the text."""
        return {"type": "string", "pattern": f"^({_PERCENT})$"}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of the program's currency, written as text; in minor units inside."""

    def read(self, value: object, place: Place) -> int | None:
        """Accept the plain text of an amount with at most the currency's decimals."""
        if not isinstance(value, str):
            place.refuse(
                place.speech.gettext("“%(value)s” is not an amount. Write it in quotes, such as “5.00”."),
                value=shown(value),
            )
            return None
        try:
            return parse_amount(value, place.currency).minor
        except BadAmount as refusal:
            # The sentence is whole already: a % inside it is no open value.
            place.refuse("%(refusal)s", refusal=refusal.sentence(place.speech.gettext))
            return None

    def write(self, value: int, currency: str) -> object:
        """Return the text with all decimals of the currency."""
        return format_amount(Money(value, currency))

    def schema(self) -> Schema:
        """Describe the text; how many decimals are allowed depends on the currency."""
        return {"type": "string", "pattern": f"^{_AMOUNT}$"}


@dataclass(frozen=True, slots=True)
class LanguageNumber:
    """The number of the language that a document is written in."""

    number: int

    def read(self, value: object, place: Place) -> int | None:
        """Accept only the language that this engine speaks."""
        if value == self.number and type(value) is int:
            return self.number
        place.refuse(
            place.speech.gettext("“%(value)s” is not a language known here. Write %(number)s."),
            value=shown(value),
            number=self.number,
        )
        return None

    def write(self, value: int, _currency: str) -> object:
        """Return the number."""
        return value

    def schema(self) -> Schema:
        """Describe the number."""
        return {"const": self.number}


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and without idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
