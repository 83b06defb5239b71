"""Invents clicks: one at a time for a story, or a seeded crowd of every kind for a recount."""

import random
from datetime import UTC, datetime
from itertools import count

import msgspec

from rapport.wire.clickid import Key, Mark, mint
from rapport.wire.events import ClickEvent, ImpressionEvent, PostbackEvent

KEY = Key(number=1, secret=b"a secret of sixteen bytes or more")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
NOON = int(datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp() * 1000)

NO_MARKS = Mark(0)

_numbers = count(1)


def at(text: str) -> int:
    """Return the milliseconds of a UTC moment such as `2026-03-29T00:59:59.999`."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def click(*, at_ms: int = NOON, marks: Mark = NO_MARKS, link_number: int = 7, **changes: object) -> ClickEvent:
    """Return a person's click on Ann's link in the shoe program, changed by what is given."""
    random_bytes = next(_numbers).to_bytes(4, "big")
    anns = ClickEvent(
        at_ms=at_ms,
        click_id=mint(key=KEY, at_ms=at_ms, link_number=link_number, marks=marks, random=random_bytes),
        link_number=link_number,
        link_id="lnk_ann",
        code="ann",
        agreement_id="agr_ann",
        program_id="prg_shoes",
        marks=int(marks),
        destination="https://shoes.example/",
        user_agent=FIREFOX,
        address="203.0.113.77",
        language="de",
    )
    return msgspec.structs.replace(anns, **changes)


def impression(*, at_ms: int = NOON, marks: Mark = Mark.VIEW, link_number: int = 7) -> ImpressionEvent:
    """Return a showing of Ann's banner to a person."""
    shown = click(at_ms=at_ms, marks=marks, link_number=link_number)
    return ImpressionEvent(
        at_ms=at_ms,
        view_id=shown.click_id,
        link_number=link_number,
        link_id=shown.link_id,
        code=shown.code,
        agreement_id=shown.agreement_id,
        program_id=shown.program_id,
        marks=int(marks),
        creative="banner-1",
        user_agent=FIREFOX,
        address=shown.address,
    )


def postback(*, at_ms: int = NOON) -> PostbackEvent:
    """Return a shop's report of an order."""
    return PostbackEvent(receipt_id=f"rcp_{next(_numbers)}", at_ms=at_ms, program_id="prg_shoes", auth="token")


def seeded(seed: int) -> random.Random:
    """Return chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - invents visitors, keeps no secret


def crowd(seed: int, *, clicks: int, from_ms: int, until_ms: int) -> list[ClickEvent]:
    """Return random clicks of every kind between two moments, in the order of an edge."""
    chance = seeded(seed)
    moments = sorted(chance.randrange(from_ms, until_ms) for _ in range(clicks))
    return [_anyone(chance, at_ms=moment) for moment in moments]


def _anyone(chance: random.Random, *, at_ms: int) -> ClickEvent:
    link_number = chance.randrange(12)
    seldom = [mark for mark in Mark if chance.random() < 0.1]
    return click(
        at_ms=at_ms,
        link_number=link_number,
        marks=Mark(sum(seldom)),
        link_id=f"lnk_{link_number}",
        agreement_id=f"agr_{link_number // 3}",
        program_id=f"prg_{link_number // 6}",
        subs={f"sub{number}": chance.choice("abc") for number in range(1, 11) if chance.random() < 0.3},
        placement=chance.choice(["", "top", "side"]),
        channel=chance.choice(["", "blog", "mail"]),
        reason=chance.choice([None, None, "program_paused"]),
        user_agent=chance.choice([FIREFOX, IPHONE, GOOGLEBOT, ""]),
        address=f"203.0.113.{chance.randrange(40)}",
    )
