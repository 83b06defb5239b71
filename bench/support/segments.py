"""Writes a journal of invented clicks as an edge leaves it."""

import random
from pathlib import Path

from rapport.wire.clickid import Key, mint
from rapport.wire.events import ClickEvent
from rapport.wire.journal import JournalWriter

_KEY = Key(number=1, secret=b"a secret of sixteen bytes or more")
_AGENTS = [
    f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.{build}.0 Safari/537.36"
    for system in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "Linux; Android 14; K")
    for version in range(120, 146)
    for build in range(20)
]


def write_segments(journal: Path, *, clicks: int, at_ms: int, seed: int = 12) -> None:
    """Write clicks from a moment on, a third of a millisecond apart, of visitors who come one to three times."""
    chance = random.Random(seed)
    writer = JournalWriter(journal, writer_id="bench")
    for number in range(clicks):
        writer.append(_click(chance, at_ms=at_ms + number // 3))
    writer.close()


def _click(chance: random.Random, *, at_ms: int) -> ClickEvent:
    partner = int(2_000 * chance.random() ** 3)
    number = partner * 4 + int(4 * chance.random() ** 2)
    click_id = mint(key=_KEY, at_ms=at_ms, link_number=number, marks=0, random=chance.randbytes(4))
    visitor = chance.randrange(2_000_000)
    return ClickEvent(
        at_ms=at_ms,
        click_id=click_id,
        link_number=number,
        link_id=f"lnk_{number:026}",
        code=f"c{number}",
        agreement_id=f"agr_{partner:026}",
        program_id=f"prg_{partner % 5:026}",
        destination=f"https://shop{partner % 5}.example/offers/{number % 4}?rpid={click_id}",
        subs={"sub1": f"autumn-{partner % 9}"} if partner % 3 else {},
        referrer=f"https://blog{partner}.example/posts/{int(30 * chance.random() ** 3)}",
        user_agent=_AGENTS[visitor % len(_AGENTS)],
        address=f"{20 + visitor % 150}.{visitor // 256 % 256}.{visitor // 65_536}.{visitor % 256}",
        language="de-DE,de;q=0.9",
    )
