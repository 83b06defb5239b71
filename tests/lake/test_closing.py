"""A day that is over is sorted and counted; what was counted is true of its clicks or not looked at."""

import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

from rapport.lake.closing import is_closed, oldest_kept
from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING, Filter
from rapport.lake.questions.lake import Lake
from rapport.lake.rolls import find_rolls
from rapport.lake.table import files_by_day, open_clicks
from rapport.lake.upkeep import Upkeep, close_days, compact, keep_up, rebuild, vacuum
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, at, click, crowd

A_DAY_MS = 86_400_000
NEXT_NOON = NOON + A_DAY_MS
TODAY = date(2026, 5, 4)


def carry(journal: Path, lake: Path, seal: Seal, *, pieces: int = 3) -> None:
    """Ingest clicks of Monday and Tuesday morning in pieces."""
    for number in range(pieces):
        seal(crowd(number, clicks=60, from_ms=NOON - 1_000, until_ms=NOON + 18 * 3_600_000))
        ingest(journal=journal, lake=lake, now_ms=NOON)


def rolled_days(lake: Path) -> set[date]:
    return set(find_rolls(lake, files_by_day(open_clicks(lake))).days)


def test_a_day_is_closed_an_hour_after_it_ended() -> None:
    assert not is_closed(TODAY, now_ms=at("2026-05-05T00:59:59"))
    assert is_closed(TODAY, now_ms=at("2026-05-05T01:00:00"))


@pytest.mark.parametrize(
    ("now", "oldest"),
    [("2026-05-04", date(2025, 4, 4)), ("2026-03-31", date(2025, 2, 28)), ("2026-01-15", date(2024, 12, 15))],
)
def test_clicks_are_kept_for_thirteen_months(now: str, oldest: date) -> None:
    assert oldest_kept(now_ms=at(now)) == oldest


def test_a_closed_day_is_one_file_in_the_order_of_partners(journal: Path, lake: Path, seal: Seal) -> None:
    carry(journal, lake, seal)

    assert close_days(lake, now_ms=NEXT_NOON).counted == 1

    [file] = files_by_day(open_clicks(lake))[TODAY]
    order = duckdb.execute('SELECT "view", agreement_id, link_number, at_ms FROM read_parquet(?)', [file]).fetchall()
    assert order == sorted(order)
    assert len(files_by_day(open_clicks(lake))[date(2026, 5, 5)]) == 3  # the day that is not over is left alone
    assert close_days(lake, now_ms=NEXT_NOON) == Upkeep()


def test_a_click_that_comes_late_is_counted_at_once_and_sorted_in_the_next_round(
    journal: Path, lake: Path, seal: Seal
) -> None:
    carry(journal, lake, seal)
    close_days(lake, now_ms=NEXT_NOON)
    asked = Lake(lake)
    before = asked.totals()

    seal([click(at_ms=NOON)])
    ingest(journal=journal, lake=lake, now_ms=NEXT_NOON)

    assert asked.totals().gross == before.gross + 1
    assert TODAY not in rolled_days(lake)
    assert close_days(lake, now_ms=NEXT_NOON).counted == 1
    assert TODAY in rolled_days(lake)
    assert asked.totals().gross == before.gross + 1


def test_answers_come_from_what_is_counted_and_not_from_the_clicks(journal: Path, lake: Path, seal: Seal) -> None:
    carry(journal, lake, seal)
    close_days(lake, now_ms=NEXT_NOON + A_DAY_MS)
    before = Lake(lake).totals(), Lake(lake).clicks_by(EVERYTHING, "agreement")
    for file in lake.glob("clicks/day=*/*.parquet"):
        file.unlink()

    assert (Lake(lake).totals(), Lake(lake).clicks_by(EVERYTHING, "agreement")) == before
    assert sum(row.gross for row in Lake(lake).clicks_per_day(EVERYTHING, "Asia/Kathmandu")) == before[0].gross


def test_everything_counted_can_be_counted_anew(journal: Path, lake: Path, seal: Seal) -> None:
    carry(journal, lake, seal)
    close_days(lake, now_ms=NEXT_NOON + A_DAY_MS)
    before = Lake(lake).clicks_by(EVERYTHING, "link")
    files = files_by_day(open_clicks(lake))
    for roll in (lake / "rolls").glob("*.parquet"):
        wrong = duckdb.read_parquet(str(roll)).project("* REPLACE (gross + 1 AS gross)")
        wrong.write_parquet(f"{roll}.wrong")
        Path(f"{roll}.wrong").replace(roll)
    assert Lake(lake).clicks_by(EVERYTHING, "link") != before

    assert rebuild(lake, now_ms=NEXT_NOON + A_DAY_MS).counted == 2

    assert Lake(lake).clicks_by(EVERYTHING, "link") == before
    assert files_by_day(open_clicks(lake)) == files  # the clicks themselves were left alone


def test_nothing_is_lost_when_clicks_arrive_while_their_day_is_sorted(journal: Path, lake: Path, seal: Seal) -> None:
    carry(journal, lake, seal)
    for _ in range(20):
        seal([click(at_ms=NOON), click(at_ms=NOON)])
    before = len(Lake(lake).latest(EVERYTHING, limit=10_000))
    done = threading.Event()

    def close() -> None:
        while not done.is_set():
            close_days(lake, now_ms=NEXT_NOON)
            compact(lake)

    beside = threading.Thread(target=close)
    beside.start()
    try:
        while ingest(journal=journal, lake=lake, now_ms=NEXT_NOON, limit_segments=1).segments:
            pass
    finally:
        done.set()
        beside.join()
    close_days(lake, now_ms=NEXT_NOON)

    clicks = Lake(lake).latest(EVERYTHING, limit=10_000)
    assert len({one.click_id for one in clicks}) == len(clicks) == before + 40
    assert Lake(lake).totals(Filter(link_id="lnk_ann")).gross == 40


def test_what_is_counted_stays_when_its_clicks_were_kept_long_enough(journal: Path, lake: Path, seal: Seal) -> None:
    carry(journal, lake, seal)
    close_days(lake, now_ms=NEXT_NOON)
    before = Lake(lake).totals(), Lake(lake).clicks_per_day(EVERYTHING, "Europe/Berlin")
    long_after = at("2027-06-06T12:00")

    assert keep_up(lake, now_ms=long_after).forgotten == 2

    assert files_by_day(open_clicks(lake)) == {}
    assert (Lake(lake).totals(), Lake(lake).clicks_per_day(EVERYTHING, "Europe/Berlin")) == before
    assert Lake(lake).latest(EVERYTHING, limit=10) == []
    assert keep_up(lake, now_ms=long_after).forgotten == 0
    assert rebuild(lake, now_ms=long_after).counted == 0
    assert Lake(lake).totals() == before[0]
    assert vacuum(lake, keep_hours=1).removed == 0  # young files may still be read by somebody


def test_a_click_older_than_what_is_kept_is_not_taken_in(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click(at_ms=at("2025-04-03T23:59:59")), click(at_ms=at("2025-04-04"))])

    assert ingest(journal=journal, lake=lake, now_ms=NOON).clicks == 1
