"""The language of pay for clicks and impressions."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rapport.domain.terms.language_periods import NAME, SEGMENT
from rapport.domain.terms.place import Place, shown
from rapport.domain.terms.sections import ABSENT, Field, Section
from rapport.domain.terms.shapes import Amount, Schema, plain
from rapport.domain.terms.visits import ClickPay, ViewPay

MOST_VISIT_PAYS: Final = 10

_FINE: Final = r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?"


@dataclass(frozen=True, slots=True)
class FineAmount:
    """A small amount of the program's currency above zero, written as text, finer than its smallest coin."""

    def read(self, value: object, place: Place) -> Decimal | None:
        """Accept the plain text of an amount with at most four decimals."""
        if isinstance(value, str) and re.fullmatch(_FINE, value) and Decimal(value):
            return Decimal(value)
        place.refuse(
            place.speech.gettext(
                "“%(value)s” does not fit. Write an amount above zero in quotes, with at most four decimals, such as "
                "“0.035”."
            ),
            value=shown(value),
        )
        return None

    def write(self, value: Decimal, _currency: str) -> object:
        """Return the shortest plain text."""
        return plain(value)

    def schema(self) -> Schema:
        """Describe the text."""
        return {"type": "string", "pattern": f"^{_FINE}$"}


_AT_MOST: Final = Field(
    name="at_most_a_day",
    attribute="at_most_minor",
    shape=Amount(),
    default=ABSENT,
    says="The most that is paid for one day, in the program's currency, as text.",
    examples=("20.00",),
)

CLICK_PAY: Final = Section(
    ClickPay,
    (
        NAME,
        Field(
            name="per_click",
            shape=FineAmount(),
            says="What every click of a person pays, in the program's currency, as text with up to four decimals.",
            examples=("0.035",),
        ),
        _AT_MOST,
        SEGMENT,
    ),
)

VIEW_PAY: Final = Section(
    ViewPay,
    (
        NAME,
        Field(
            name="per_thousand",
            shape=FineAmount(),
            says="What a thousand impressions pay, in the program's currency, as text with up to four decimals.",
            examples=("1.20",),
        ),
        _AT_MOST,
        SEGMENT,
    ),
)
