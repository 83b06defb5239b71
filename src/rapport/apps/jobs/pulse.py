"""Whether anything was written since somebody looked: an idle worker asks this instead of all its questions.

SQLite tells a connection whether another one has committed since it last asked; PostgreSQL tells no such thing, and
then every look is worth it. Folders are watched by their names: a segment that was sealed has a new one.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from rapport.apps.record import driver

_VERSION = driver.Text.of("PRAGMA data_version")


@dataclass(frozen=True, slots=True)
class Beat:
    """What one connection saw; equal to an earlier beat of the same connection while nobody else wrote."""

    connection: sqlite3.Connection
    version: int
    folders: tuple[int, ...]


def beat(folders: Sequence[Path] = ()) -> Beat | None:
    """Return the beat of this thread's connection, or nothing where the database does not tell."""
    if connection.vendor != "sqlite":
        return None
    [(version,)] = driver.ask(_VERSION, (), database=connection)
    opened: sqlite3.Connection = connection.connection
    return Beat(opened, version, tuple(_changed_at(folder) for folder in folders))


def _changed_at(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
