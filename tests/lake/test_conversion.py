"""A lake of before this version is rewritten once, loses nothing and goes on where it was."""

from pathlib import Path

import pytest
from arro3.core import Array, DataType, Field, RecordBatch, Schema
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from rapport.lake.conversion import is_old
from rapport.lake.days import MS_IN_DAY
from rapport.lake.ingest import ingest
from rapport.lake.position import READER
from rapport.lake.questions.lake import Lake
from rapport.lake.table import open_clicks, position_of
from rapport.wire.events import SUB_IDS, ClickEvent
from tests.lake.conftest import Seal
from tests.lake.traffic import FIREFOX, NOON, click

TEXTS = (
    "click_id", "program_id", "agreement_id", "link_id", "code", "placement", "channel", "destination", "referrer",
    "user_agent", "language", *SUB_IDS, "query", "referrer_host", "reason", "crawler", "device", "country",
    "address_network", "address_mark",
)  # fmt: skip
FLAGS = ("handed_out", "view", "no_consent", "test", "framed", "bot")


def keep_as_before(lake: Path, clicks: list[ClickEvent], *, position: int) -> None:
    """Write a clicks table as the version before did."""
    fields = [
        Field("day", DataType.date32(), nullable=False),
        *(Field(name, DataType.int64(), nullable=False) for name in ("at_ms", "link_number")),
        *(Field(name, DataType.utf8(), nullable=False) for name in TEXTS),
        *(Field(name, DataType.bool(), nullable=False) for name in FLAGS),
    ]
    more = {"address_network": "203.0.113.0/24", "address_mark": "AAECAwQFBgcICQoL", "device": "desktop"}
    columns = [
        Array([one.at_ms // MS_IN_DAY for one in clicks], DataType.int32()).cast(DataType.date32()),
        *(Array([getattr(one, name) for one in clicks], DataType.int64()) for name in ("at_ms", "link_number")),
        *(Array([more.get(name) or getattr(one, name, "") or "" for one in clicks], DataType.utf8()) for name in TEXTS),
        *(Array([name == "handed_out" for _ in clicks], DataType.bool()) for name in FLAGS),
    ]
    columns[[field.name for field in fields].index("query")] = Array(["" for _ in clicks], DataType.utf8())
    write_deltalake(
        lake / "clicks",
        RecordBatch.from_arrays(columns, schema=Schema(fields)),
        partition_by=["day"],
        commit_properties=CommitProperties(app_transactions=[Transaction(READER, position)]),
    )


@pytest.fixture
def kept() -> list[ClickEvent]:
    """Two clicks of two days, and one whose id does not agree with its moment."""
    plain = click(at_ms=NOON - MS_IN_DAY)
    return [plain, click(destination=f"https://shoes.example/?rpid={plain.click_id}"), click(click_id=plain.click_id)]


def test_every_click_is_there_as_it_was(lake: Path, kept: list[ClickEvent]) -> None:
    keep_as_before(lake, kept, position=3)

    row = Lake(lake).click(kept[0].click_id)

    assert row is not None
    assert (row.at_ms, row.user_agent, row.browser, row.address_network) == (
        NOON - MS_IN_DAY, FIREFOX, "Firefox", "203.0.113.0/24",
    )  # fmt: skip
    assert Lake(lake).totals().net == 3
    assert not is_old(open_clicks(lake))
    assert {path.name for path in lake.glob("clicks*")} == {"clicks"}


def test_ingest_goes_on_behind_the_old_position(journal: Path, lake: Path, seal: Seal, kept: list[ClickEvent]) -> None:
    seal([click()])
    keep_as_before(lake, kept, position=1)

    assert ingest(journal=journal, lake=lake, now_ms=NOON).clicks == 0
    assert position_of(open_clicks(lake)) == 1
    seal([click()])
    assert ingest(journal=journal, lake=lake, now_ms=NOON).clicks == 1
    assert Lake(lake).totals().gross == 4


def test_a_rewriting_that_was_killed_is_begun_anew_or_finished(lake: Path, kept: list[ClickEvent]) -> None:
    keep_as_before(lake, kept, position=1)
    (lake / "clicks.new" / "half").mkdir(parents=True)

    assert Lake(lake).totals().gross == 3

    (lake / "clicks").rename(lake / "clicks.new")  # killed between the two names
    assert Lake(lake).totals().gross == 3
    assert DeltaTable.is_deltatable(str(lake / "clicks"))


def test_an_old_lake_without_clicks_is_rewritten_too(lake: Path) -> None:
    keep_as_before(lake, [click()], position=1)
    DeltaTable(lake / "clicks").delete()

    assert Lake(lake).totals().gross == 0
    assert not is_old(open_clicks(lake))
