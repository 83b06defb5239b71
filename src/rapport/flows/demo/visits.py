"""Visits of the demo: written into the real journal as the edge writes them, with capsules of the real key."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from rapport.apps.record.actors import Actor
from rapport.apps.tracking.actions import ensure_click_key
from rapport.apps.tracking.models import Link
from rapport.flows.demo import cast
from rapport.flows.demo.staging import DAYS, Stage
from rapport.kit.clock import to_ms
from rapport.kit.ids import new_id, random_token
from rapport.wire.clickid import Key, Mark, mint
from rapport.wire.events import ClickEvent, PostbackEvent
from rapport.wire.journal import JournalWriter

CLICKS = 3_000
_HAS_SUB_ID = 0.5
_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
_DESK = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
_TABLET = (
    "Mozilla/5.0 (iPad; CPU OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.4 Mobile/15E148 Safari/604.1"
)
_BOT = "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"
_HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 7, 6, 6, 6, 7, 8, 10, 12, 14, 12, 8, 4)
"""How busy each hour of a day is: people read about sleep in the evening."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A click that could bring an order."""

    at: datetime
    click_id: str
    player: cast.Player
    counts: bool


def write_visits(stage: Stage, *, chance: random.Random, at: datetime) -> list[Visit]:
    """Write a few thousand visits of the past weeks, oldest first, and return them."""
    row = ensure_click_key(by=Actor.system("demo"), at=at)
    key = Key(number=row.number, secret=bytes(row.secret))
    weights = [player.weight for player, _link in stage.links]
    plan = sorted(
        ((_moment(chance, at), chance.choices(stage.links, weights)[0]) for _ in range(CLICKS)),
        key=lambda planned: planned[0],
    )
    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id=f"demo-{random_token(6)}")
    visits = [_visit(moment, player, link, key=key, chance=chance, writer=writer) for moment, (player, link) in plan]
    writer.sync()
    writer.close()
    return visits


def write_postbacks(stage: Stage, *, at: datetime) -> None:
    """Write two postbacks as the edge acknowledges them: one that can be read, and one that a person must look at."""
    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id=f"demo-{random_token(6)}")
    for order, amount in (("11040", "118.00"), ("11041", "64,50 EUR")):
        writer.append(
            PostbackEvent(
                receipt_id=new_id("rcp", at=at),
                at_ms=to_ms(at),
                program_id=stage.program.id,
                auth="token",
                params={"order_id": order, "amount": amount, "coupon": "JAR15"},
            )
        )
    writer.sync()
    writer.close()


def _moment(chance: random.Random, at: datetime) -> datetime:
    """Pick a moment: more of them lately, and at the hours when people read."""
    days_ago = min(int(DAYS * chance.random() ** 1.3), DAYS - 1)
    hour = chance.choices(range(24), _HOURS)[0]
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    moment = midnight + timedelta(hours=hour, seconds=chance.randrange(3600), milliseconds=chance.randrange(1000))
    return moment if moment < at - timedelta(minutes=10) else moment - timedelta(days=1)


def _visit(
    moment: datetime, player: cast.Player, link: Link, *, key: Key, chance: random.Random, writer: JournalWriter
) -> Visit:
    kind = chance.choices(("phone", "desk", "tablet", "bot", "framed"), (58, 27, 7, 6, 2))[0]
    marks = {"bot": Mark.BOT, "framed": Mark.FRAMED}.get(kind, Mark(0))
    click_id = mint(key=key, at_ms=to_ms(moment), link_number=link.number, marks=marks, random=chance.randbytes(4))
    agents = {"phone": _PHONE, "tablet": _TABLET, "bot": _BOT}
    writer.append(
        ClickEvent(
            at_ms=to_ms(moment),
            click_id=click_id,
            link_number=link.number,
            link_id=link.id,
            code=link.code,
            agreement_id=link.agreement_id,
            program_id=link.agreement.program_id,
            marks=int(marks),
            reason={"bot": "declared_bot", "framed": "framed"}.get(kind),
            destination=link.destination,
            subs={"sub1": chance.choice(("autumn", "gift-guide", "evergreen"))}
            if chance.random() < _HAS_SUB_ID
            else {},
            placement=link.placement,
            referrer=f"https://{player.name.lower().replace(' ', '-')}.example/",
            user_agent=agents.get(kind, _DESK),
            address=f"198.51.100.{chance.randrange(1, 255)}",
            language="de-DE",
        )
    )
    return Visit(moment, click_id, player, counts=not marks)
