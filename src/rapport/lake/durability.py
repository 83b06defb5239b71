"""Makes the lake survive a power cut: Delta writes files without asking the disk to keep them, so this asks.

The journal may forget a segment only when the lake has it for certain. `settle` therefore syncs every commit with its
data files, in order, and notes how far it came; after a power cut it finds the first commit that did not survive
whole and sets it aside with all that follow. Nothing is lost by that: their segments are still in the journal, and
the table's position in it, which lives in the commits, has gone back with them.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rapport.lake.position import clicks_folder, receipts_folder

_NOTE = "_synced"  # Delta leaves alone what begins with an underscore
_NEVER = -1
_PARQUET = b"PAR1"  # the first and the last four bytes of a whole file


def settle(lake: Path) -> int:
    """Sync what was committed, set aside what a power cut has torn, and return the version that is safe (-1: none).

    Safe to run beside other processes: a commit appears whole or not at all while the machine runs, so only a power
    cut leaves torn ones, and no process survives that.
    """
    settle_table(receipts_folder(lake))
    return settle_table(clicks_folder(lake))


def settle_table(table: Path) -> int:
    """Do the same for the table in one folder."""
    log = table / "_delta_log"
    if not log.exists():
        return _NEVER
    _remove_torn_checkpoints(log)
    safe = noted = _noted_version(table)
    for version, path in _commits_after(noted, log=log):
        if not _survived_whole(path, table=table):
            _set_aside_from(version, log=log)
            break
        _sync_commit(path, table=table)
        safe = version
    if safe != noted:
        sync(log)
        if noted == _NEVER:
            _sync_names_of_new(table)
        _note_version(safe, table=table)
    return safe


def sync_checkpoints(table: Path) -> None:
    """Sync a table's checkpoints; to be done before the commits that they sum up are cleaned away."""
    log = table / "_delta_log"
    for path in (*log.glob("*.checkpoint*.parquet"), *log.glob("_last_checkpoint")):
        sync(path)
    sync(log)


def _commits_after(version: int, *, log: Path) -> Iterator[tuple[int, Path]]:
    commits = {int(path.stem): path for path in log.glob("*.json") if path.stem.isdecimal()}
    for number in sorted(commits):
        if number > version:
            yield number, commits[number]


def _survived_whole(commit: Path, *, table: Path) -> bool:
    try:
        added = list(_added_files(commit, table=table))
    except ValueError:
        return False
    return bool(commit.stat().st_size) and all(_is_whole(path, size=size) for path, size in added)


def _added_files(commit: Path, *, table: Path) -> Iterator[tuple[Path, int]]:
    """Yield each data file that a commit adds, with its size in bytes; ValueError when the commit is torn."""
    for line in commit.read_bytes().splitlines():
        action: dict[str, Any] = json.loads(line)
        if "add" in action:
            yield table / unquote(action["add"]["path"]), action["add"]["size"]


def _is_whole(path: Path, *, size: int | None = None) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(len(_PARQUET))
            file.seek(-len(_PARQUET), os.SEEK_END)
            return head == file.read() == _PARQUET and size in {None, file.tell()}
    except OSError:  # missing, or shorter than the mark
        return False


def _sync_commit(commit: Path, *, table: Path) -> None:
    files = [path for path, _ in _added_files(commit, table=table)]
    for path in (*files, *{path.parent for path in files}, table, commit):
        sync(path)


def sync(path: Path) -> None:
    """Ask the disk to keep a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _set_aside_from(version: int, *, log: Path) -> None:
    """Rename a torn commit and its successors, the last first, so that a second power cut leaves no gap."""
    for _, path in reversed(list(_commits_after(version - 1, log=log))):
        path.rename(path.with_suffix(".torn"))
    sync(log)


def _remove_torn_checkpoints(log: Path) -> None:
    torn = [path for path in log.glob("*.checkpoint*.parquet") if not _is_whole(path)]
    for path in torn:
        path.unlink()
    pointer = log / "_last_checkpoint"
    if pointer.exists() and not _points_at_a_checkpoint(pointer):
        pointer.unlink()


def _points_at_a_checkpoint(pointer: Path) -> bool:
    try:
        version = json.loads(pointer.read_bytes())["version"]
    except (ValueError, KeyError, TypeError):
        return False
    return any(pointer.parent.glob(f"{version:020d}.checkpoint*.parquet"))


def _sync_names_of_new(table: Path) -> None:
    """Let the disk keep that there is a table in the lake, and a lake beside the journal that will be let go of."""
    sync(table.parent)
    sync(table.parent.parent)


def _noted_version(table: Path) -> int:
    try:
        return int((table / _NOTE).read_text())
    except (FileNotFoundError, ValueError):
        return _NEVER


def _note_version(version: int, *, table: Path) -> None:
    draft = table / f"{_NOTE}.{os.getpid()}.{os.urandom(4).hex()}"
    draft.write_text(str(version))
    sync(draft)
    draft.replace(table / _NOTE)
    sync(table)
