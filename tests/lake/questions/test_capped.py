"""What a link with a cap handed out is counted: people's clicks that led on, each visitor once within ten seconds."""

from pathlib import Path

import msgspec

from rapport.lake.ingest import ingest
from rapport.lake.questions import Stretch, StretchRow
from rapport.lake.questions.lake import Lake
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from tests.lake.conftest import Seal
from tests.lake.traffic import GOOGLEBOT, NO_MARKS, NOON, click, impression

HOUR_MS = 3_600_000


def by(number: int, *, at_ms: int = NOON, marks: Mark = NO_MARKS, **changes: object) -> ClickEvent:
    """Return a click of another visitor."""
    address = f"198.51.{number // 256}.{number % 256}"
    return msgspec.structs.replace(click(at_ms=at_ms, marks=marks), address=address, **changes)


def test_only_clicks_of_people_that_led_on_are_counted(journal: Path, lake: Path, seal: Seal) -> None:
    seal(
        [
            by(1),
            by(2, marks=Mark.NO_CONSENT),
            by(3, marks=Mark.BOT),
            by(4, marks=Mark.FRAMED),
            by(5, marks=Mark.TEST),
            by(6, user_agent=GOOGLEBOT),
            by(7, handed_out=False, reason="link_full"),
            by(8, at_ms=NOON),
            by(8, at_ms=NOON + 9_999),
            by(8, at_ms=NOON + 19_999),
            msgspec.structs.replace(impression(), address="198.51.1.9"),
            by(10, link_id="lnk_other"),
        ]
    )
    ingest(journal=journal, lake=lake, now_ms=NOON)
    stretch = Stretch("lnk_ann", from_ms=0, settle_ms=0, day_ms=0)

    assert Lake(lake).handed_out_in([stretch]) == {"lnk_ann": StretchRow(clicks=4, settled=0, of_day=4)}


def test_each_link_has_a_stretch_of_its_own(journal: Path, lake: Path, seal: Seal) -> None:
    moments = [NOON + hour * HOUR_MS for hour in range(-48, 1)]
    seal([by(place, at_ms=at_ms) for place, at_ms in enumerate(moments)])
    seal([by(1_000 + place, at_ms=at_ms, link_id="lnk_bo") for place, at_ms in enumerate(moments)])
    ingest(journal=journal, lake=lake, now_ms=NOON)
    anns = Stretch("lnk_ann", from_ms=moments[0], settle_ms=moments[24], day_ms=moments[36])
    bos = Stretch("lnk_bo", from_ms=moments[40], settle_ms=moments[40], day_ms=moments[44])

    assert Lake(lake).handed_out_in([anns, bos, Stretch("lnk_none", 0, 0, 0)]) == {
        "lnk_ann": StretchRow(clicks=49, settled=24, of_day=13),
        "lnk_bo": StretchRow(clicks=9, settled=0, of_day=5),
    }


def test_nothing_is_asked_for_no_link_and_found_in_no_lake(lake: Path) -> None:
    assert Lake(lake).handed_out_in([]) == {}
    assert Lake(lake).handed_out_in([Stretch("lnk_ann", 0, 0, 0)]) == {}
