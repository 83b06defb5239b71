"""Joining and cleaning files changes no answer, whatever runs beside it."""

import fcntl
import json
import os
import threading
from pathlib import Path

import pytest

from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from rapport.lake.table import open_clicks
from rapport.lake.upkeep import Upkeep, compact, keep_up, vacuum
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, click, crowd

A_DAY_MS = 86_400_000


def carry_in_pieces(journal: Path, lake: Path, seal: Seal, *, pieces: int) -> None:
    """Ingest segment by segment, so that a day has many small files."""
    for number in range(pieces):
        seal(crowd(number, clicks=20, from_ms=NOON, until_ms=NOON + 1_000))
        ingest(journal=journal, lake=lake, now_ms=NOON)


def test_without_a_lake_there_is_nothing_to_keep_up(lake: Path) -> None:
    assert keep_up(lake, now_ms=NOON) == Upkeep(joined=0, removed=0, busy=False)


def test_small_files_become_one_and_the_answers_stay(journal: Path, lake: Path, seal: Seal) -> None:
    carry_in_pieces(journal, lake, seal, pieces=6)
    before = Lake(lake).totals()

    assert compact(lake).joined == 6
    assert len(open_clicks(lake).file_uris()) == 1
    assert Lake(lake).totals() == before
    assert compact(lake).joined == 0


def test_a_lake_that_was_open_before_a_compaction_answers_the_same_after_it(
    journal: Path, lake: Path, seal: Seal
) -> None:
    carry_in_pieces(journal, lake, seal, pieces=3)
    opened = Lake(lake)
    before = opened.totals()
    compact(lake)
    seal([click()])
    ingest(journal=journal, lake=lake, now_ms=NOON)

    assert opened.totals().gross == before.gross + 1


def test_a_lake_that_was_open_before_the_log_was_summed_up_sees_what_came_meanwhile(
    journal: Path, lake: Path, seal: Seal
) -> None:
    carry_in_pieces(journal, lake, seal, pieces=1)
    opened = Lake(lake)
    before = opened.totals()
    carry_in_pieces(journal, lake, seal, pieces=2)
    compact(lake)
    for path in (lake / "clicks" / "_delta_log").glob("*.json"):
        if int(path.stem) < open_clicks(lake).version():
            path.unlink()  # the commit that was seen, and the one that follows it

    assert opened.totals().gross == Lake(lake).totals().gross > before.gross


def test_ingest_goes_on_where_it_was_after_the_log_was_summed_up(journal: Path, lake: Path, seal: Seal) -> None:
    carry_in_pieces(journal, lake, seal, pieces=3)
    compact(lake)
    for path in (lake / "clicks" / "_delta_log").glob("*.json"):
        if int(path.stem) < open_clicks(lake).version():
            path.unlink()  # what the clean-up does a day later

    assert ingest(journal=journal, lake=lake, now_ms=NOON).segments == 0
    seal([click()])
    assert ingest(journal=journal, lake=lake, now_ms=NOON).clicks == 1


def test_ingest_compaction_and_questions_run_at_once_and_nothing_is_lost(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click()])
    ingest(journal=journal, lake=lake, now_ms=NOON)
    for number in range(20):
        seal([click(), click(), *([] if number % 2 else [click()])])
    shared = Lake(lake)
    done = threading.Event()
    seen: list[int] = []
    failures: list[BaseException] = []

    def while_ingest_runs(work: object) -> None:
        try:
            while not done.is_set():
                assert callable(work)
                work()
        except BaseException as failure:  # noqa: BLE001 - a thread's failure would otherwise be lost
            failures.append(failure)

    beside = [
        threading.Thread(target=while_ingest_runs, args=(work,))
        for work in (
            lambda: compact(lake),
            lambda: seen.append(shared.totals().gross),
            lambda: shared.clicks_by(EVERYTHING, "link"),
        )
    ]
    for thread in beside:
        thread.start()
    while ingest(journal=journal, lake=lake, now_ms=NOON, limit_segments=1).segments:
        pass
    done.set()
    for thread in beside:
        thread.join()

    assert failures == []
    assert seen == sorted(seen)  # clicks never go away again
    assert Lake(lake).totals().gross == 1 + 20 * 2 + 10


def test_compactions_at_the_same_time_change_nothing(journal: Path, lake: Path, seal: Seal) -> None:
    carry_in_pieces(journal, lake, seal, pieces=8)
    before = Lake(lake).totals()
    start = threading.Barrier(3)
    rounds: list[Upkeep] = []

    def work() -> None:
        start.wait()
        rounds.append(compact(lake))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rounds) == 3
    assert Lake(lake).totals() == before
    assert len(open_clicks(lake).file_uris()) == 1


def test_a_compaction_leaves_the_work_to_the_one_that_is_at_it(journal: Path, lake: Path, seal: Seal) -> None:
    carry_in_pieces(journal, lake, seal, pieces=2)
    with (lake / "compaction.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert compact(lake) == Upkeep(busy=True)
    assert compact(lake).joined == 2


def test_compaction_after_compaction_never_counts_a_click_twice(journal: Path, lake: Path, seal: Seal) -> None:
    for number in range(5):
        carry_in_pieces(journal, lake, seal, pieces=2)
        compact(lake)
        assert len(Lake(lake).latest(EVERYTHING, limit=1_000)) == (number + 1) * 40


def test_files_of_a_killed_ingest_are_removed_when_they_are_a_day_old(journal: Path, lake: Path, seal: Seal) -> None:
    carry_in_pieces(journal, lake, seal, pieces=1)
    before = Lake(lake).totals()
    [committed] = lake.glob("clicks/day=*/*.parquet")
    young, old = (committed.with_name(f"{age}.parquet") for age in ("young", "old"))
    for orphan in (young, old):
        orphan.write_bytes(committed.read_bytes())
    long_ago = committed.stat().st_mtime - 2 * 86_400
    os.utime(old, (long_ago, long_ago))

    assert vacuum(lake).removed == 1
    assert (committed.exists(), young.exists(), old.exists()) == (True, True, False)
    assert Lake(lake).totals() == before


def test_replaced_files_are_removed_a_day_later(journal: Path, lake: Path, seal: Seal) -> None:
    carry_in_pieces(journal, lake, seal, pieces=3)
    before = Lake(lake).totals()
    open_clicks(lake).optimize.compact()
    assert vacuum(lake).removed == 0

    _let_a_day_pass_since(lake / "clicks" / "_delta_log" / f"{4:020d}.json")

    assert vacuum(lake).removed == 3
    assert Lake(lake).totals() == before


def test_files_that_may_be_in_use_are_never_asked_to_go(lake: Path) -> None:
    with pytest.raises(ValueError, match="may be in use"):
        vacuum(lake, keep_hours=0)


def test_a_round_of_upkeep_forgets_the_keys_of_past_months(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click(at_ms=NOON), click(at_ms=NOON - 90 * A_DAY_MS)])
    ingest(journal=journal, lake=lake, now_ms=NOON)

    assert keep_up(lake, now_ms=NOON).busy is False

    assert [path.name for path in (lake / "address_keys").iterdir()] == ["2026-05"]


def _let_a_day_pass_since(commit: Path) -> None:
    actions = [json.loads(line) for line in commit.read_bytes().splitlines()]
    for action in actions:
        if "remove" in action:
            action["remove"]["deletionTimestamp"] -= 25 * 3_600_000
    commit.write_text("\n".join(json.dumps(action) for action in actions))
