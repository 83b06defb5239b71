"""What runs beside the edge: clicks carried into the lake every two seconds, a question asked every second.

    python -m bench.edge_parts.lake_side FOLDER

Until its input ends; then it carries the rest over and prints one JSON line.
"""

import json
import select
import sys
import time
from pathlib import Path

from rapport.edge.station import clock_ms
from rapport.lake.ingest import ingest
from rapport.lake.questions import Filter, lake_at

EVERY_S = 1.0
OURS = Filter(program_id="prg_1")


def main(data: Path) -> None:
    """Carry over and ask until the caller says that it is enough."""
    asked: list[float] = []
    behind: list[float] = []
    carried, turn, seen = 0, 0, 0.0
    while not select.select([sys.stdin], [], [], EVERY_S)[0]:
        turn += 1
        if turn % 2:
            behind.append(_behind_s(data, since=seen))
            seen = time.time()
            carried += _ingest(data)
        asked.append(_ask_ms(data))
    carried += _ingest(data)
    held = lake_at(data / "lake").totals(OURS).gross
    print(json.dumps({"carried": carried, "in_lake": held, "behind_s": max(behind), "question_ms": max(asked)}))


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
