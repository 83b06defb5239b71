"""The archives that are kept: their names, their list, and which of them are old enough to go."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"rapport-(\d{8}T\d{6}Z)(-\d+)?\.tar\.gz")


@dataclass(frozen=True, slots=True)
class Kept:
    """One archive on the disk."""

    path: Path
    made_at: datetime
    size: int


def archive_path(folder: Path, *, at: datetime) -> Path:
    """Return where the archive of a moment goes; two of one second get different names."""
    stamp = at.astimezone(UTC).strftime(_STAMP)
    names = (f"rapport-{stamp}{f'-{number}' if number else ''}.tar.gz" for number in range(100))
    return next(folder / name for name in names if not (folder / name).exists())


def backups(folder: Path) -> list[Kept]:
    """Return the archives of a folder, newest first; other files in it are none of ours."""
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.glob("rapport-*.tar.gz"))
    kept = [Kept(path, _moment(match[1]), path.stat().st_size) for path, match in found if match]
    return sorted(kept, key=lambda one: (one.made_at, one.path.stat().st_mtime), reverse=True)


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest archives, and return those that went."""
    old = [one.path for one in backups(folder)[keep:]]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
