"""Says how far the lake has read the journal, from the table's log alone: a quiet worker need not load the lake.

Every commit of an append carries the new position (see `table.py`). The newest that says one is where the table is; a
log that was summed up lately may hold none, and then the table itself is asked.
"""

import json
from functools import lru_cache
from pathlib import Path

from rapport.wire.journal import newest_number, sealed_segments

NOTHING_READ = 0  # segments are numbered from one
READER = "rapport.journal"  # under this name the table remembers its position

_COMMIT = "[0-9]" * 20 + ".json"
_MOST_COMMITS = 50  # reading further back would cost more than asking the table


def clicks_folder(lake: Path) -> Path:
    """Return where the clicks table lies inside the lake's folder."""
    return lake / "clicks"


def receipts_folder(lake: Path) -> Path:
    """Return where the table of receipts lies inside the lake's folder."""
    return lake / "receipts"


def segment_number(path: Path) -> int:
    """Return the number under which a segment was sealed.

    Raises:
        ValueError: the file is no sealed segment.
    """
    return int(path.name.partition("-")[0])


def is_behind(*, journal: Path, lake: Path) -> bool:
    """Say whether the journal holds a sealed segment that the lake has not; asked every two seconds."""
    newest = newest_number(journal)
    return newest > NOTHING_READ and newest > position(lake)


def unread_segments(*, journal: Path, lake: Path) -> list[Path]:
    """Return the sealed segments that the lake has still to read, in their order."""
    sealed = sealed_segments(journal)
    read = position(lake) if sealed else NOTHING_READ
    return [path for path in sealed if segment_number(path) > read]


def position(lake: Path) -> int:
    """Return the last segment of the journal that the lake has read."""
    told = position_in_log(lake)
    if told is None:
        # The library behind the table takes forty megabytes, which a worker without clicks should not carry.
        from rapport.lake.table import open_clicks, position_of  # noqa: PLC0415 - see above

        told = position_of(open_clicks(lake))
    return told


def position_in_log(lake: Path) -> int | None:
    """Return the position that the newest commits tell; None where they tell none."""
    log = clicks_folder(lake) / "_delta_log"
    if not log.exists():
        return NOTHING_READ
    for commit in sorted(log.glob(_COMMIT), reverse=True)[:_MOST_COMMITS]:
        try:
            told = _position_of(commit)
        except (FileNotFoundError, ValueError):
            return None  # summed up in this moment, or torn by a power cut: the table knows
        if told is not None:
            return told
    return None


@lru_cache(maxsize=2 * _MOST_COMMITS)  # a commit never changes, and is looked at every other second
def _position_of(commit: Path) -> int | None:
    moves = (json.loads(line)["txn"] for line in commit.read_text(encoding="utf-8").splitlines() if '"txn"' in line[:8])
    return next((int(move["version"]) for move in moves if move["appId"] == READER), None)
