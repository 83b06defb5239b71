"""Says which journal segments nobody needs any more: those that every reader has passed, safely on the disk.

A reader's position is the number of the last segment that it has read whole, 0 before the first.
"""

from collections.abc import Collection
from pathlib import Path

from rapport.lake.durability import settle
from rapport.lake.position import NOTHING_READ, segment_number
from rapport.lake.table import find_clicks, position_of
from rapport.wire.journal import sealed_segments


def progress(lake: Path) -> int:
    """Return the lake's position in the journal, counting only what a power cut cannot take back."""
    settle(lake)
    table = find_clicks(lake)
    return NOTHING_READ if table is None else position_of(table)


def removable_segments(*, journal: Path, positions: Collection[int]) -> list[Path]:
    """Return the sealed segments that all readers have passed; without readers there are none.

    `positions` holds one position for each reader of the journal: the lake's `progress`, and the postback intake's.
    """
    passed = min(positions, default=NOTHING_READ)
    return [path for path in sealed_segments(journal) if segment_number(path) <= passed]


def remove_read_segments(*, journal: Path, positions: Collection[int]) -> int:
    """Delete the segments that all readers have passed and return their number."""
    segments = removable_segments(journal=journal, positions=positions)
    for path in segments:
        path.unlink(missing_ok=True)  # two workers may tidy at once
    return len(segments)
