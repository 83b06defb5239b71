"""Who plays in the demo: a shop for sleepwear, its team, ten partners who bring most, and many who bring a little."""

from dataclasses import dataclass
from itertools import product

from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Segment

WORKSPACE = "Marlow & Lind"
PROGRAM = "Marlow & Lind partners"
SLUG = "marlow-lind"
NEIGHBOUR = "Hof & Herd"
"""Another merchant on the same installation, whose click ids earn nothing at Marlow & Lind."""
PASSWORD = "a warm red harbour"  # noqa: S105 - printed on purpose: the demo is for looking around on one's own machine
FEWEST = 10
"""The partners with names of their own; a demo has at least these."""
TOP_SHARE = 0.6
"""What the leading partners bring of all sales."""
MANY = 55
"""For so many partners there are ten who lead."""

PITCH = (
    "Linen and flannel sleepwear, made in small runs. Readers who care about what they sleep in come back: "
    "four of ten orders are from returning customers, and every one of them earns for you for a year."
)


@dataclass(frozen=True, slots=True)
class Teammate:
    """Somebody of the shop."""

    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Player:
    """One partner: what it does, how much it brings (weight), where it places its links, in which month it joins."""

    name: str
    person: str
    email: str
    segment: Segment
    weight: int
    links: tuple[tuple[str, str, str], ...]
    coupon: str = ""
    joins: float = 0.0
    """How much of the story is told when it joins."""


TEAM = (
    Teammate("Ines Krüger", "owner@demo.example", Role.OWNER),
    Teammate("Tom Albers", "manager@demo.example", Role.MANAGER),
    Teammate("Sara Nowak", "sales@demo.example", Role.SALES),
    Teammate("Felix Ott", "finance@demo.example", Role.FINANCE),
    Teammate("Clara Vogt", "finance2@demo.example", Role.FINANCE),
)

PLAYERS = (
    Player(
        "Slow Mornings",
        "Anna Reuter",
        "partner@demo.example",
        Segment.BLOGGER,
        1800,
        (("Ten linen pyjamas, worn for a year", "linen-pyjamas", "review-box"), ("Newsletter", "", "newsletter")),
        "ANNA12",
    ),
    Player(
        "Nachtwerk Store",
        "Jonas Feld",
        "jonas@demo.example",
        Segment.STORE_OWNER,
        1400,
        (("Shop window", "", "shop"), ("Flannel shelf", "flannel-shirt", "shop")),
    ),
    Player(
        "Studio Halm",
        "Mira Halm",
        "mira@demo.example",
        Segment.BLOGGER,
        1200,
        (("Story of the week", "robe", "story"),),
        "MIRA10",
    ),
    Player(
        "CodeJar", "Paul Jar", "paul@demo.example", Segment.COUPON, 1100, (("Code page", "", "coupon-page"),), "JAR15"
    ),
    Player(
        "Sleep Atlas", "Lea Brand", "lea@demo.example", Segment.NICHE, 1000, (("Pillow test", "pillow", "sidebar"),)
    ),
    Player(
        "Frau Morgen", "Eva Morgen", "eva@demo.example", Segment.BLOGGER, 900, (("Evening rituals", "robe", "article"),)
    ),
    Player(
        "Finderlohn",
        "Ole Fink",
        "ole@demo.example",
        Segment.SEARCH,
        800,
        (("Search result", "linen-pyjamas", "search"),),
    ),
    Player("Casa Lenta", "Giulia Conti", "giulia@demo.example", Segment.STORE_OWNER, 700, (("Window", "", "shop"),)),
    Player(
        "Bonus Bär", "Max Bär", "max@demo.example", Segment.COUPON, 600, (("Code list", "", "coupon-page"),), "BAER5"
    ),
    Player("Tidy Nest", "Kim Lund", "kim@demo.example", Segment.NICHE, 500, (("Bedroom guide", "pillow", "guide"),)),
)

_FIRST = (
    *("Quiet", "Linen", "Moon", "Harbour", "Feather", "Cotton", "Amber", "North", "Velvet", "Meadow", "Silver", "Late"),
    *("Soft", "Cedar", "Winter", "Little", "Blue", "Honest", "Paper", "Copper", "Garden", "Early", "Slow", "Open"),
)
_LAST = (
    *("Diary", "Bazaar", "Codes", "Notes", "Market", "Coupons", "Letters", "Goods", "Deals", "Journal", "Store"),
    *("Savings", "Rooms", "Depot", "Vouchers", "Pages", "Corner", "Offers", "Hours", "Supply", "Bargains", "Blog"),
    *("House", "Club"),
)
_GIVEN = ("Mara", "Till", "Nele", "Ruth", "Ivo", "Lena", "Ben", "Olga", "Finn", "Rosa", "Karl", "Jule", "Emil", "Ida")
_FAMILY = ("Sommer", "Lang", "Weber", "Novak", "Rossi", "Meyer", "Petrov", "Garcia", "Dahl", "Kern", "Busch")
_MIXED = (Segment.BLOGGER, Segment.STORE_OWNER, Segment.COUPON)
_PLACES = {
    Segment.BLOGGER: (("Article", "linen-pyjamas", "article"), ("Footer", "", "footer")),
    Segment.STORE_OWNER: (("Shelf", "", "shop"),),
    Segment.COUPON: (("Code page", "", "coupon-page"),),
    Segment.SEARCH: (("Search result", "robe", "search"),),
    Segment.NICHE: (("Guide", "pillow", "guide"),),
}
_LATE = 5
"""One of so many of the smaller partners joins while the story is told."""


def players(partners: int) -> tuple[Player, ...]:
    """Return so many partners: the ten with names, then others who lead like them, then those who bring a little."""
    leading = max(FEWEST, partners * FEWEST // MANY)
    names = [f"{first} {last}" for last, first in product(_LAST, _FIRST)][: partners - FEWEST]
    return (*PLAYERS, *(_other(number, name, leads=number < leading) for number, name in enumerate(names, FEWEST)))


def _other(number: int, name: str, *, leads: bool) -> Player:
    model = PLAYERS[number % FEWEST]
    segment = model.segment if leads else _MIXED[number % len(_MIXED)]
    mail = name.lower().replace(" ", "-")
    return Player(
        name=name,
        person=f"{_GIVEN[number % len(_GIVEN)]} {_FAMILY[number % len(_FAMILY)]}",
        email=f"{mail}@demo.example",
        segment=segment,
        weight=model.weight if leads else _small_weight(number),
        links=_PLACES[segment],
        coupon=name.upper().replace(" ", "") if segment is Segment.COUPON else "",
        joins=0.0 if leads or number % _LATE else (number * 7 % 45) / 50,
    )


def _small_weight(number: int) -> int:
    """Return weights between 0.4 and 1.6 of what one of the many brings on average."""
    led = sum(player.weight for player in PLAYERS)
    average = led * (1 - TOP_SHARE) / TOP_SHARE / (MANY - FEWEST)
    return round(average * (0.4 + 1.2 * (number * 7 % 10) / 9))
