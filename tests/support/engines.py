"""Makes, copies and drops databases on either engine, so that a test can have one of its own in milliseconds."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql


class Engine(Protocol):
    """What both engines can do with a database, given its plain name."""

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    def url(self, database: str) -> str:
        """Return the address that `RAPPORT_DATABASE_URL` takes."""
        ...

    def create(self, database: str) -> None:
        """Make an empty database."""
        ...

    def copy(self, source: str, *, target: str) -> None:
        """Make `target` a copy of `source`, which nobody may be connected to."""
        ...

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        ...


@dataclass(frozen=True, slots=True)
class Sqlite:
    """Databases are files, as in production: threads and processes must be able to share them."""

    folder: Path
    name: str = "sqlite"

    def url(self, database: str) -> str:
        """Return the address of the file."""
        return f"sqlite:///{self._path(database)}"

    def create(self, database: str) -> None:
        """Make an empty file, which SQLite takes for an empty database."""
        self._path(database).touch(exist_ok=False)

    def copy(self, source: str, *, target: str) -> None:
        """Copy the file; the last connection that closed has folded its write-ahead log into it."""
        shutil.copyfile(self._path(source), self._path(target))

    def drop(self, database: str) -> None:
        """Remove the file and what SQLite and the write gate keep beside it."""
        for leftover in self.folder.glob(f"{database}.sqlite3*"):
            leftover.unlink()

    def _path(self, database: str) -> Path:
        return self.folder / f"{database}.sqlite3"


@dataclass(frozen=True, slots=True)
class Postgresql:
    """Databases of one private server; `server` is its address without a database."""

    server: str
    name: str = "postgresql"

    def url(self, database: str) -> str:
        """Return the address of the database on the private server."""
        return f"{self.server}/{database}"

    def create(self, database: str) -> None:
        """Make an empty database; template0 holds nothing that a local installation may have added."""
        self.copy("template0", target=database)

    def copy(self, source: str, *, target: str) -> None:
        """Let the server copy the files of `source`."""
        self._command("CREATE DATABASE {} TEMPLATE {}", target, source)

    def drop(self, database: str) -> None:
        """Drop the database and cut whoever is still connected."""
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _command(self, text: str, *names: str) -> None:
        command = sql.SQL(text).format(*map(sql.Identifier, names))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(command)
