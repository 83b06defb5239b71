"""Keeps the lake quick and small: joins the little files of many appends, and drops what no version needs."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deltalake import DeltaTable, PostCommitHookProperties
from deltalake.exceptions import CommitFailedError

from rapport.lake.closing import is_closed, oldest_kept, sort_day
from rapport.lake.durability import settle, sync_checkpoints
from rapport.lake.position import clicks_folder, receipts_folder
from rapport.lake.rolls import find_rolls, forget_rolls, roll_day, roll_months, were_counted
from rapport.lake.spill import sweep_spills
from rapport.lake.table import files_by_day, find_clicks, find_receipts, open_clicks, writer_properties
from rapport.lake.visitors import forget_old_keys

_FILE_BYTES = 128 * 1024 * 1024
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
SHORTEST_KEEP_HOURS = 1  # an ingest under way, or a question being answered, holds files younger than this


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one round of upkeep did, in files and days; `busy` when another one is compacting."""

    joined: int = 0
    removed: int = 0
    counted: int = 0  # days that were sorted and counted
    forgotten: int = 0  # days whose clicks were kept long enough
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
    settle(lake)  # a compaction must be on the disk before the files that it replaced go
    tables = [table for table in (find_clicks(lake), find_receipts(lake)) if table is not None]
    return Upkeep(removed=sum(_vacuum(table, keep_hours=keep_hours) for table in tables))


def _vacuum(table: DeltaTable, *, keep_hours: int) -> int:
    removed = table.vacuum(
        retention_hours=keep_hours,
        dry_run=False,
        enforce_retention_duration=False,  # refuses less than the table's own retention; the floor of ours is higher
        full=True,  # also files that no commit ever named
        post_commithook_properties=_NO_HOOKS,
    )
    return len(removed)


def keep_up(lake: Path, *, now_ms: int) -> Upkeep:
    """Do one whole round: compact, sort and count closed days, let go of what was kept long enough, drop old files."""
    compacted = compact(lake)
    closed = close_days(lake, now_ms=now_ms)
    cleaned = vacuum(lake)
    forget_old_keys(lake, now_ms=now_ms)
    sweep_spills(lake)
    return Upkeep(
        joined=compacted.joined,
        removed=cleaned.removed,
        counted=closed.counted,
        forgotten=closed.forgotten,
        busy=compacted.busy or closed.busy,
    )


def close_days(lake: Path, *, now_ms: int) -> Upkeep:
    """Sort and count the days that are over and not counted as they are, and forget the clicks of very old ones."""
    if find_clicks(lake) is None:
        return Upkeep()
    with _alone(lake) as alone:
        return _close_days(lake, now_ms=now_ms) if alone else Upkeep(busy=True)


def rebuild(lake: Path, *, now_ms: int) -> Upkeep:
    """Count every closed day anew from its clicks; until a day is counted, its clicks are read themselves."""
    if find_clicks(lake) is None:
        return Upkeep()
    with _alone(lake) as alone:
        if not alone:
            return Upkeep(busy=True)
        forget_rolls(lake, files_by_day(open_clicks(lake)))
        return _close_days(lake, now_ms=now_ms, in_order=False)


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
    # Opened under the lock: an older snapshot would join what is joined already.
    joined = _join_files(open_clicks(lake), folder=clicks_folder(lake), lake=lake)
    receipts = find_receipts(lake)
    if receipts is not None:
        joined += _join_files(receipts, folder=receipts_folder(lake), lake=lake)
    return Upkeep(joined=joined)


def _join_files(table: DeltaTable, *, folder: Path, lake: Path) -> int:
    figures = table.optimize.compact(
        target_size=_FILE_BYTES,
        max_concurrent_tasks=1,  # two days at once are twice the memory
        writer_properties=writer_properties(level=3),
        post_commithook_properties=_NO_HOOKS,
    )
    _sum_up_log(table, folder=folder, lake=lake)
    return int(figures["numFilesRemoved"])


def _close_days(lake: Path, *, now_ms: int, in_order: bool = True) -> Upkeep:
    table = open_clicks(lake)
    clicks = files_by_day(table)
    counted = find_rolls(lake, clicks).days
    due = [day for day in sorted(clicks) if day not in counted and is_closed(day, now_ms=now_ms)]
    done = sum(_close_day(table, lake=lake, day=day, in_order=in_order) for day in due)
    roll_months(lake, files_by_day(table))  # also drops rolls that are not true any more: see the next step
    forgotten = _forget_old_days(table, lake=lake, now_ms=now_ms)
    _forget_old_receipts(lake, now_ms=now_ms)
    settle(lake)
    return Upkeep(counted=done, forgotten=forgotten)


def _close_day(table: DeltaTable, *, lake: Path, day: date, in_order: bool) -> bool:
    """Sort and count a day; False when clicks arrived for it meanwhile: the next round looks again."""
    if in_order and not were_counted(lake, day=day, files=files_by_day(table)[day]):
        table.update_incremental()
        try:
            sort_day(table, day=day, files=files_by_day(table)[day], workshop=lake)
        except CommitFailedError:
            return False
        table.update_incremental()
    roll_day(lake, day=day, files=files_by_day(table)[day])
    return True


def _forget_old_days(table: DeltaTable, *, lake: Path, now_ms: int) -> int:
    """Let the clicks of days go that were kept for thirteen months and are counted; what was counted stays."""
    clicks = files_by_day(table)
    counted = find_rolls(lake, clicks).days
    oldest = oldest_kept(now_ms=now_ms)
    old = [day for day in clicks if day < oldest and day in counted]
    for day in old:
        table.delete(f"day = '{day.isoformat()}'", post_commithook_properties=_NO_HOOKS)
    return len(old)


def _forget_old_receipts(lake: Path, *, now_ms: int) -> None:
    """Let receipts go as clicks go; nothing is counted of them ahead."""
    table = find_receipts(lake)
    oldest = oldest_kept(now_ms=now_ms)
    if table is not None and any(day < oldest for day in files_by_day(table)):
        table.delete(f"day < '{oldest.isoformat()}'", post_commithook_properties=_NO_HOOKS)


def _sum_up_log(table: DeltaTable, *, folder: Path, lake: Path) -> None:
    """Write a checkpoint of what is safe, and only then let the commits before it go."""
    settle(lake)
    table.create_checkpoint()
    sync_checkpoints(folder)
    table.cleanup_metadata()
