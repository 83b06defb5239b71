"""How far the lake has read is told from its log, without the library that writes it."""

import json
from pathlib import Path

import pytest

from rapport.lake.ingest import ingest
from rapport.lake.position import NOTHING_READ, clicks_folder, position_in_log, segment_number, unread_segments
from rapport.lake.table import open_clicks, position_of
from rapport.lake.upkeep import compact
from rapport.wire.journal import sealed_segments
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, click


def commits(lake: Path) -> list[Path]:
    return sorted((clicks_folder(lake) / "_delta_log").glob("*.json"))


def test_a_lake_that_was_never_written_has_read_nothing(lake: Path) -> None:
    assert position_in_log(lake) == NOTHING_READ


def test_the_newest_append_tells_the_position_and_compactions_change_nothing(
    journal: Path, lake: Path, seal: Seal
) -> None:
    for _ in range(3):
        seal([click()])
        ingest(journal=journal, lake=lake, now_ms=NOON)
    compact(lake)
    last = sealed_segments(journal)[-1]
    assert position_in_log(lake) == position_of(open_clicks(lake)) == segment_number(last)
    seal([click()])
    assert unread_segments(journal=journal, lake=lake) == sealed_segments(journal)[-1:]


@pytest.mark.parametrize("damage", ["summed up", "torn"])
def test_a_log_that_tells_nothing_leaves_the_question_to_the_table(
    journal: Path, lake: Path, seal: Seal, damage: str
) -> None:
    seal([click()])
    ingest(journal=journal, lake=lake, now_ms=NOON)
    open_clicks(lake).create_checkpoint()
    newest = commits(lake)[-1]
    if damage == "torn":
        newest.write_text('{"txn": {"appId"')
    else:
        newest.unlink()
        commits(lake)[0].unlink()
    assert position_in_log(lake) is None
    assert unread_segments(journal=journal, lake=lake) == []


def test_what_others_note_in_the_log_is_no_position_of_ours(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click()])
    ingest(journal=journal, lake=lake, now_ms=NOON)
    newest = commits(lake)[-1]
    other = json.dumps({"txn": {"appId": "another", "version": 99}})
    newest.with_name(f"{int(newest.stem) + 1:020d}.json").write_text(other)
    assert position_in_log(lake) == segment_number(sealed_segments(journal)[0])
