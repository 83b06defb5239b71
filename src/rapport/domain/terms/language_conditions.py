"""The language of conditions: what a rule may ask of an order and of the lines of its basket."""

from typing import Any, Final

from rapport.domain.terms.conditions import Between, CouponCondition, CustomerStatus, Device, PartnerSegment, Weekday
from rapport.domain.terms.sections import ABSENT, Field, Many, Section
from rapport.domain.terms.shapes import Amount, OneWord, Shape, Whole
from rapport.domain.terms.words import Country, Day, Text

MOST_WORDS: Final = 500
"""How many products, countries or codes one condition may list."""

_MOST_PIECES: Final = 1_000_000
_HOURS: Final = 24


def _words(name: str, shape: Shape[Any], says: str, *examples: object) -> Field:
    """Return a condition that holds for any of some words."""
    many = Many(shape, most=MOST_WORDS)
    return Field(name=name, shape=many, default=ABSENT, unsaid=(), says=says, examples=tuple([one] for one in examples))


def _between(name: str, number: Shape[int], says: str, example: object) -> Field:
    """Return a condition on a number: from a bound on, below another, or both."""
    least = Field(
        name="from",
        attribute="least",
        shape=number,
        default=ABSENT,
        says="The least that matches.",
        examples=(example,),
    )
    below = Field(name="below", shape=number, default=ABSENT, says="What no longer matches.", examples=(example,))
    bounds = Section(Between, (least, below))
    return Field(name=name, shape=bounds, default=ABSENT, says=says, examples=({"from": example},))


def _choice(name: str, shape: Shape[Any], says: str, example: object) -> Field:
    return Field(name=name, shape=shape, default=ABSENT, says=says, examples=(example,))


CONDITIONS: Final = (
    _words("product", Text(), "Lines of the basket with any of these products.", "SKU-1001"),
    _words("category", Text(), "Lines of the basket in any of these categories.", "Shoes"),
    _words("brand", Text(), "Lines of the basket of any of these brands.", "Acme"),
    _between("price", Amount(), "Lines of the basket by the price of one piece, as text.", "100.00"),
    _between("amount", Amount(), "The basis of the order as it was reported, as text.", "50.00"),
    _between("quantity", Whole(0, _MOST_PIECES), "How many pieces the order has.", 3),
    _choice(
        "customer",
        OneWord(CustomerStatus),
        "Whether the customer is new or returning: as the merchant reports it, else by earlier orders known here.",
        "new",
    ),
    _words("country", Country(), "The customer's country: as it was reported, else where the click came from.", "DE"),
    _words("device", OneWord(Device), "On what the visitor clicked.", "phone"),
    _choice("coupon", OneWord(CouponCondition), "Whether the order used a code of the partner who earns.", "without"),
    _words(
        "coupon_code", Text(), "The order used any of these codes, and it belongs to the partner who earns.", "ANNA10"
    ),
    _words("segment", OneWord(PartnerSegment), "What the partner does, such as blogger or coupon.", "blogger"),
    _words("placement", Text(), "Where the link stands, as the link says.", "sidebar"),
    _words(
        "channel", Text(), "Through which channel the visitor came: as the link says, else as reported.", "newsletter"
    ),
    _words("weekday", OneWord(Weekday), "The day of the week of the order, in the program's zone.", "saturday"),
    _between("hour", Whole(0, _HOURS), "The hour of the order in the program's zone, 0 to 24.", 18),
    Field(
        name="from",
        attribute="from_day",
        shape=Day(),
        default=ABSENT,
        says="The first day on which the rule matches, in the program's zone.",
        examples=("2026-11-27",),
    ),
    Field(
        name="until",
        attribute="until_day",
        shape=Day(),
        default=ABSENT,
        says="The last day on which the rule matches.",
        examples=("2026-11-30",),
    ),
)
