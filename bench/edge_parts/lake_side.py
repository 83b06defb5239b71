"""What runs beside the edge: clicks carried into the lake every two seconds, tidied every half minute, asked about.

    python -m bench.edge_parts.lake_side FOLDER

Until its input ends; then it carries the rest over and prints one JSON line.
"""

import json
import select
import statistics
import sys
import time
from pathlib import Path

from rapport.edge.station import clock_ms
from rapport.lake.ingest import ingest
from rapport.lake.questions import Filter, lake_at
from rapport.lake.upkeep import keep_up

EVERY_S = 1.0
TURNS_TO_TIDY = 30
OURS = Filter(program_id="prg_1")


def main(data: Path) -> None:
    """Carry over and ask until the caller says that it is enough."""
    asked: list[float] = []
    behind: list[float] = []
    carried, joined, turn, seen = 0, 0, 0, 0.0
    while not select.select([sys.stdin], [], [], EVERY_S)[0]:
        turn += 1
        if turn % 2:
            behind.append(_behind_s(data, since=seen))
            seen = time.time()
            carried += _ingest(data)
        if turn % TURNS_TO_TIDY == 0:
            joined += keep_up(data / "lake", now_ms=clock_ms()).joined
        asked.append(_ask_ms(data))
    carried += _ingest(data)
    held = lake_at(data / "lake").totals(OURS).gross
    told = {"carried": carried, "joined": joined, "in_lake": held, "behind_s": max(behind)}
    print(json.dumps({**told, "question_ms": max(asked), "question_p50_ms": statistics.median(asked)}))


def _ingest(data: Path) -> int:
    return ingest(journal=data / "journal", lake=data / "lake", now_ms=clock_ms()).clicks


def _ask_ms(data: Path) -> float:
    began = time.monotonic()
    lake_at(data / "lake").totals(OURS)
    return round(1_000 * (time.monotonic() - began), 1)


def _behind_s(data: Path, *, since: float) -> float:
    """Return the age of the oldest segment that was sealed since the last round began, which is still to be carried."""
    written = [path.stat().st_mtime for path in (data / "journal").glob("*.ndjson")]
    new = [moment for moment in written if moment > since]
    return round(time.time() - min(new), 1) if new else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
