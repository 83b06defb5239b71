"""An ingest that is killed at any moment neither loses a click nor counts one twice."""

import subprocess
import sys
import time
from pathlib import Path

from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from rapport.wire.events import ClickEvent
from rapport.wire.journal import read_segment, sealed_segments
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, crowd, seeded

KILLS = 10
SEGMENTS = 100
CLICKS_IN_SEGMENT = 40
INGESTING = """
import sys
from pathlib import Path
from rapport.lake.ingest import ingest
journal, lake = map(Path, sys.argv[1:])
print("ready", flush=True)
while ingest(journal=journal, lake=lake, now_ms=0, limit_segments=1).segments:
    print("carried", flush=True)
"""


def kill_soon(journal: Path, lake: Path, *, commits: int, after_s: float) -> None:
    """Start an ingest that commits segment by segment and kill it some time after so many commits."""
    command = [sys.executable, "-c", INGESTING, str(journal), str(lake)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        for _ in range(commits):
            process.stdout.readline()
        time.sleep(after_s)
        process.kill()


def test_what_is_killed_at_random_moments_is_whole_in_the_end(journal: Path, lake: Path, seal: Seal) -> None:
    chance = seeded(20260504)
    for number in range(SEGMENTS):
        seal(crowd(number, clicks=CLICKS_IN_SEGMENT, from_ms=NOON, until_ms=NOON + 3 * 86_400_000))

    for number in range(KILLS):
        kill_soon(journal, lake, commits=number % 3, after_s=chance.uniform(0, 0.2))
    half_way = len(Lake(lake).latest(EVERYTHING, limit=SEGMENTS * CLICKS_IN_SEGMENT))
    ingest(journal=journal, lake=lake, now_ms=NOON)

    events = [event for path in sealed_segments(journal) for _, event in read_segment(path)]
    written = [event.click_id for event in events if isinstance(event, ClickEvent)]
    kept = [row.click_id for row in Lake(lake).latest(EVERYTHING, limit=2 * len(written))]
    assert half_way % CLICKS_IN_SEGMENT == 0  # whole segments, never a part of one
    assert half_way > 0
    assert sorted(kept) == sorted(written)


def test_data_that_was_written_but_never_committed_is_not_counted(journal: Path, lake: Path, seal: Seal) -> None:
    seal(crowd(1, clicks=50, from_ms=NOON, until_ms=NOON + 1))
    ingest(journal=journal, lake=lake, now_ms=NOON)
    before = Lake(lake).totals()

    [committed] = lake.glob("clicks/day=*/*.parquet")
    committed.with_name("part-of-a-killed-ingest.parquet").write_bytes(committed.read_bytes())

    assert Lake(lake).totals() == before
