"""The files of a backup on their way back into an empty data folder; Django sleeps, its settings are among them."""

import shutil
from pathlib import Path

from rapport.flows.backup.archive import BadArchive, Manifest, unpack
from rapport.flows.backup.refusals import CannotRestore

WORKSHOP = ".restoring"
# What a folder may hold and still count as empty.
_HARMLESS = frozenset({"lock", "run.json", "backups", WORKSHOP})


def unpack_files(archive: Path, *, data: Path) -> Manifest:
    """Unpack an archive into an empty data folder; the tables wait in its workshop.

    Raises `BadArchive`, or `CannotRestore` when the folder holds something. Nothing half unpacked stays behind.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if there := sorted(path.name for path in data.iterdir() if path.name not in _HARMLESS):
        raise CannotRestore(f"{data} is not empty: it holds {', '.join(there[:5])}. Give a new folder with --data.")
    workshop = data / WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    try:
        manifest = unpack(archive, into=workshop)
    except BadArchive:
        shutil.rmtree(workshop, ignore_errors=True)
        raise
    for path in sorted((workshop / "data").iterdir()) if (workshop / "data").is_dir() else ():
        path.rename(data / path.name)
    return manifest


def empty(data: Path) -> None:
    """Take away again what was unpacked into a folder that was empty before."""
    for path in data.iterdir():
        if path.name in _HARMLESS - {WORKSHOP}:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
