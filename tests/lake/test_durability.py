"""After a power cut the lake holds whole commits only, and the journal brings back what was torn."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rapport.lake import durability, visitors
from rapport.lake.durability import settle
from rapport.lake.ingest import ingest
from rapport.lake.progress import progress
from rapport.lake.questions.lake import Lake
from rapport.lake.upkeep import compact
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, crowd

A_DAY_MS = 86_400_000


def log_of(lake: Path) -> Path:
    """Return the folder of the table's commits."""
    return lake / "clicks" / "_delta_log"


def added_by(commit: Path) -> list[Path]:
    """Return the data files that a commit adds."""
    actions = [json.loads(line) for line in commit.read_bytes().splitlines()]
    return [commit.parent.parent / action["add"]["path"] for action in actions if "add" in action]


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def blank(path: Path) -> None:
    """Leave a file's length and none of its content, as some file systems do."""
    path.write_bytes(bytes(path.stat().st_size))


def empty(path: Path) -> None:
    """Leave a file's name only."""
    path.write_bytes(b"")


@pytest.fixture
def two_rounds(journal: Path, lake: Path, seal: Seal) -> Path:
    """Two ingested segments; the disk was never told to keep the second one's commit. Returns that commit."""
    seal(crowd(1, clicks=30, from_ms=NOON, until_ms=NOON + A_DAY_MS))
    ingest(journal=journal, lake=lake, now_ms=NOON)
    note = lake / "clicks" / "_synced"
    noted = note.read_text()
    seal(crowd(2, clicks=30, from_ms=NOON, until_ms=NOON + A_DAY_MS))
    ingest(journal=journal, lake=lake, now_ms=NOON)
    note.write_text(noted)
    return log_of(lake) / f"{2:020d}.json"


@pytest.mark.parametrize("damage", [cut, blank, empty, Path.unlink])
def test_a_commit_whose_data_did_not_survive_is_taken_back_and_ingested_again(
    damage: Callable[[Path], None], two_rounds: Path, journal: Path, lake: Path
) -> None:
    whole = Lake(lake).totals()
    damage(added_by(two_rounds)[0])

    assert settle(lake) == 1
    assert progress(lake) == 1
    assert ingest(journal=journal, lake=lake, now_ms=NOON).segments == 1
    assert Lake(lake).totals() == whole


@pytest.mark.parametrize("damage", [cut, blank, empty])
def test_a_torn_commit_is_taken_back_and_its_segments_are_ingested_again(
    damage: Callable[[Path], None], two_rounds: Path, journal: Path, lake: Path
) -> None:
    whole = Lake(lake).totals()
    damage(two_rounds)

    assert ingest(journal=journal, lake=lake, now_ms=NOON).segments == 1
    assert Lake(lake).totals() == whole


def test_what_follows_a_torn_commit_goes_with_it(two_rounds: Path, journal: Path, lake: Path, seal: Seal) -> None:
    noted = (lake / "clicks" / "_synced").read_text()
    seal(crowd(3, clicks=30, from_ms=NOON, until_ms=NOON + A_DAY_MS))
    ingest(journal=journal, lake=lake, now_ms=NOON)
    whole = Lake(lake).totals()
    (lake / "clicks" / "_synced").write_text(noted)
    cut(added_by(two_rounds)[0])

    assert settle(lake) == 1
    assert ingest(journal=journal, lake=lake, now_ms=NOON).segments == 2
    assert Lake(lake).totals() == whole


def test_a_commit_that_survived_is_noted_and_stays(two_rounds: Path, lake: Path) -> None:
    assert two_rounds.exists()
    assert settle(lake) == 2
    assert settle(lake) == 2
    assert progress(lake) == 2


def test_a_lost_note_only_costs_looking_again(two_rounds: Path, lake: Path) -> None:
    assert two_rounds.exists()
    whole = Lake(lake).totals()
    (lake / "clicks" / "_synced").write_text("")

    assert settle(lake) == 2
    assert Lake(lake).totals() == whole


def test_the_disk_was_told_to_keep_all_that_an_ingest_wrote(
    journal: Path, lake: Path, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[Path] = set()
    fsync = os.fsync

    def remember(handle: int) -> None:
        synced.add(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", remember)
    seal(crowd(1, clicks=30, from_ms=NOON, until_ms=NOON + A_DAY_MS))
    ingest(journal=journal, lake=lake, now_ms=NOON)

    data = set(lake.glob("clicks/day=*/*.parquet"))
    assert data
    assert synced >= data | {path.parent for path in data} | {log_of(lake), *log_of(lake).glob("*.json")}


@pytest.mark.parametrize("damage", [cut, blank, empty])
def test_a_torn_checkpoint_is_removed_and_the_commits_tell_the_same(
    damage: Callable[[Path], None], two_rounds: Path, lake: Path
) -> None:
    assert two_rounds.exists()
    whole = Lake(lake).totals()
    compact(lake)
    [checkpoint] = log_of(lake).glob("*.checkpoint.parquet")
    damage(checkpoint)
    settle(lake)

    assert not checkpoint.exists()
    assert not (log_of(lake) / "_last_checkpoint").exists()
    assert Lake(lake).totals() == whole


def test_a_torn_pointer_to_the_checkpoint_is_removed(two_rounds: Path, lake: Path) -> None:
    assert two_rounds.exists()
    whole = Lake(lake).totals()
    compact(lake)
    cut(log_of(lake) / "_last_checkpoint")
    settle(lake)

    assert not (log_of(lake) / "_last_checkpoint").exists()
    assert Lake(lake).totals() == whole


def test_a_new_tables_name_and_a_months_key_are_on_the_disk_before_the_journal_may_forget(
    journal: Path, lake: Path, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durability, "sync", synced.append)
    monkeypatch.setattr(visitors, "sync", synced.append)
    seal(crowd(1, clicks=3, from_ms=NOON, until_ms=NOON + 1_000))
    ingest(journal=journal, lake=lake, now_ms=NOON)

    assert {lake.parent, lake, lake / "address_keys", lake / "clicks", log_of(lake)} <= set(synced)
    table = synced.index(lake / "clicks")
    assert synced.index(lake.parent, table) < len(synced) - 1 - synced[::-1].index(lake / "clicks"), "before the note"


def test_there_is_nothing_to_settle_before_the_first_click(lake: Path) -> None:
    assert settle(lake) == -1
    shutil.rmtree(lake, ignore_errors=True)
    assert progress(lake) == 0
