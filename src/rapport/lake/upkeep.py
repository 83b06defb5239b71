"""Keeps the lake quick and small: joins the little files of many appends, and drops what no version needs."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deltalake import DeltaTable, PostCommitHookProperties

from rapport.lake.durability import settle, sync_checkpoints
from rapport.lake.table import find_clicks, open_clicks, writer_properties
from rapport.lake.visitors import forget_old_keys

_FILE_BYTES = 128 * 1024 * 1024
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
SHORTEST_KEEP_HOURS = 1  # an ingest under way, or a question being answered, holds files younger than this


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one round of upkeep did, in files; `busy` when another one is compacting."""

    joined: int = 0
    removed: int = 0
    busy: bool = False


def compact(lake: Path) -> Upkeep:
    """Join small files day by day and sum the log up in a checkpoint; questions and ingest go on meanwhile.

    One at a time: of two compactions of the same files deltalake refuses neither, and every click would count twice.
    So whoever compacts holds the lake's lock, and whoever finds it held leaves the work to the other.
    """
    if find_clicks(lake) is None:
        return Upkeep()
    with _alone(lake) as alone:
        return _compact(lake) if alone else Upkeep(busy=True)


def vacuum(lake: Path, *, keep_hours: int = 24) -> Upkeep:
    """Delete the files that no version of the last `keep_hours` names, those of killed ingests included.

    Raises:
        ValueError: `keep_hours` is so short that files in use could be deleted.
    """
    if keep_hours < SHORTEST_KEEP_HOURS:
        raise ValueError(f"keep_hours is {keep_hours}; files younger than an hour may be in use")
    table = find_clicks(lake)
    if table is None:
        return Upkeep()
    settle(lake)  # a compaction must be on the disk before the files that it replaced go
    removed = table.vacuum(
        retention_hours=keep_hours,
        dry_run=False,
        enforce_retention_duration=False,  # refuses less than the table's own retention; the floor above is ours
        full=True,  # also files that no commit ever named
        post_commithook_properties=_NO_HOOKS,
    )
    return Upkeep(removed=len(removed))


def keep_up(lake: Path, *, now_ms: int) -> Upkeep:
    """Do one whole round: compact, drop old files, and forget the keys of past months' addresses."""
    compacted = compact(lake)
    cleaned = vacuum(lake)
    forget_old_keys(lake, now_ms=now_ms)
    return Upkeep(joined=compacted.joined, removed=cleaned.removed, busy=compacted.busy)


@contextmanager
def _alone(lake: Path) -> Iterator[bool]:
    """Hold the lake's lock for the length of a block, and say whether it could be had."""
    with (lake / "compaction.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _compact(lake: Path) -> Upkeep:
    table = open_clicks(lake)  # under the lock: an older snapshot would join what is joined already
    figures = table.optimize.compact(
        target_size=_FILE_BYTES,
        max_concurrent_tasks=1,  # two days at once are twice the memory
        writer_properties=writer_properties(level=3),
        post_commithook_properties=_NO_HOOKS,
    )
    _sum_up_log(table, lake=lake)
    return Upkeep(joined=int(figures["numFilesRemoved"]))


def _sum_up_log(table: DeltaTable, *, lake: Path) -> None:
    """Write a checkpoint of what is safe, and only then let the commits before it go."""
    settle(lake)
    table.create_checkpoint()
    sync_checkpoints(lake)
    table.cleanup_metadata()
