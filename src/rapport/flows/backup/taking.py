"""Take a backup of a running installation: tables first, then what is written before the tables learn of it.

The order makes the copy whole. A click or postback that the copy of the journal has and the copy of the tables lacks
is taken in again, exactly once; the other way round it would be lost. So the tables come first, then the lake (its log
before its files: every version that the log names is complete by then), then the journal; nothing is tidied meanwhile.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from rapport.flows.backup.archive import Manifest, Writer, unpack, writing
from rapport.flows.backup.keeping import Kept, archive_path, prune
from rapport.flows.backup.stillness import still
from rapport.flows.backup.tables import applied_migrations, engine, export

# What a data folder holds and a backup does not: it is made again at need, or belongs to one run.
_FOLDERS = ("secrets", "outbox", "imports", "lake", "journal")
_CONFIG = "config.toml"
_LOG = "_delta_log"
_SPARE_BYTES = 100_000_000


class NotEnoughRoom(Exception):
    """The disk has no room for another archive."""


def take_backup(*, at: datetime, folder: Path | None = None, keep: int | None = None) -> Kept:
    """Take a backup, prove it by reading it back, remove the oldest, and return it.

    Raises `AlreadyRuns`, `NotEnoughRoom`, or OSError when the disk refuses.
    """
    target_folder = folder or settings.BACKUP_FOLDER
    target_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    data: Path = settings.DATA_FOLDER
    with still(data), tempfile.TemporaryDirectory(dir=target_folder, prefix=".tables-") as workshop:
        _check_room(target_folder, data)
        target = archive_path(target_folder, at=at)
        with writing(target) as archive:
            _write(archive, data=data, workshop=Path(workshop), at=at)
    unpack(target)
    prune(target_folder, keep=settings.BACKUPS_KEPT if keep is None else keep)
    return Kept(target, at, target.stat().st_size)


def _write(archive: Writer, *, data: Path, workshop: Path, at: datetime) -> None:
    migrations = applied_migrations()
    for file in export(workshop):
        archive.add(file, path=f"tables/{file.relative_to(workshop)}")
        file.unlink()
    archive.add(data / _CONFIG, path=f"data/{_CONFIG}")
    for name in _FOLDERS:
        for file in _files(data / name):
            archive.add(file, path=f"data/{file.relative_to(data)}")
    manifest = Manifest(
        made_at=at.isoformat(),
        engine=engine(),
        program=version("rapport"),
        migrations=migrations,
        missing=list(settings.SECRETS_IN_VARIABLES),
        members=archive.members,
    )
    archive.finish(manifest)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder as they are listed now, the log of a table before the files that it names."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return iter(sorted(found, key=lambda path: (_LOG not in path.parts, path)))


def _check_room(target: Path, data: Path) -> None:
    needed = sum(path.stat().st_size for name in _FOLDERS for path in _files(data / name)) + _tables_bytes() * 2
    free = shutil.disk_usage(target).free
    if free < needed + _SPARE_BYTES:
        raise NotEnoughRoom(f"{needed // 1_000_000 + 100} MB are needed in {target}, {free // 1_000_000} MB are free.")


def _tables_bytes() -> int:
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    return file.stat().st_size if engine() == "sqlite" and file.is_file() else 0
