"""Who plays in the demo: a shop for sleepwear, its team and ten partners of different kinds. All invented."""

from dataclasses import dataclass

from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Segment

WORKSPACE = "Marlow & Lind"
PROGRAM = "Marlow & Lind partners"
SLUG = "marlow-lind"
PASSWORD = "a warm red harbour"  # noqa: S105 - printed on purpose: the demo is for looking around on one's own machine

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
    """One partner: what it does, how much it brings (weight), where it places its links."""

    name: str
    person: str
    email: str
    segment: Segment
    weight: int
    links: tuple[tuple[str, str, str], ...]
    coupon: str = ""


TEAM = (
    Teammate("Ines Krüger", "owner@demo.example", Role.OWNER),
    Teammate("Tom Albers", "manager@demo.example", Role.MANAGER),
    Teammate("Sara Nowak", "sales@demo.example", Role.SALES),
    Teammate("Felix Ott", "finance@demo.example", Role.FINANCE),
)

PLAYERS = (
    Player(
        "Slow Mornings",
        "Anna Reuter",
        "partner@demo.example",
        Segment.BLOGGER,
        24,
        (("Ten linen pyjamas, worn for a year", "linen-pyjamas", "review-box"), ("Newsletter", "", "newsletter")),
        "ANNA12",
    ),
    Player(
        "Nachtwerk Store",
        "Jonas Feld",
        "jonas@demo.example",
        Segment.STORE_OWNER,
        17,
        (("Shop window", "", "shop"), ("Flannel shelf", "flannel-shirt", "shop")),
    ),
    Player(
        "Studio Halm",
        "Mira Halm",
        "mira@demo.example",
        Segment.INFLUENCER,
        13,
        (("Story of the week", "robe", "story"),),
        "MIRA10",
    ),
    Player(
        "CodeJar", "Paul Jar", "paul@demo.example", Segment.COUPON, 12, (("Code page", "", "coupon-page"),), "JAR15"
    ),
    Player("Sleep Atlas", "Lea Brand", "lea@demo.example", Segment.NICHE, 9, (("Pillow test", "pillow", "sidebar"),)),
    Player(
        "Frau Morgen", "Eva Morgen", "eva@demo.example", Segment.BLOGGER, 8, (("Evening rituals", "robe", "article"),)
    ),
    Player(
        "Finderlohn", "Ole Fink", "ole@demo.example", Segment.SEARCH, 7, (("Search result", "linen-pyjamas", "search"),)
    ),
    Player("Casa Lenta", "Giulia Conti", "giulia@demo.example", Segment.STORE_OWNER, 5, (("Window", "", "shop"),)),
    Player("Bonus Bär", "Max Bär", "max@demo.example", Segment.LOYALTY, 4, (("Cashback", "", "cashback"),)),
    Player("Tidy Nest", "Kim Lund", "kim@demo.example", Segment.BLOGGER, 1, (("Footer", "", "footer"),)),
)
