"""Carries composed statements to the database: by SQLite's driver itself where nobody watches, else by Django's way.

Django's cursors turn the marks of every statement from its own into the driver's, ask three times whose thread it is
and wrap each call in three more. On the road of an order, which takes thirty statements, that is a tenth of the time.
Whoever watches statements (tests, `queries_logged`) sees every one, because then all of them go Django's way.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Text:
    """A statement with Django's marks (`%s`) and with SQLite's (`?`)."""

    marked: str
    plain: str

    @classmethod
    def of(cls, marked: str) -> "Text":
        """Write the marks of a statement in both ways; what is no mark has its percent sign doubled, as Django asks."""
        return cls(marked, "%".join(part.replace("%s", "?") for part in marked.split("%%")))


def ask(text: Text, parameters: Sequence[Any], *, database: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
    """Return all rows that a question finds."""
    if driver := _driver(database):
        try:
            return driver.execute(text.plain, parameters).fetchall()
        except sqlite3.Error:
            _raise_djangos(database)
    with database.cursor() as cursor:
        cursor.execute(text.marked, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def write(text: Text, rows: Sequence[Sequence[Any]], *, database: BaseDatabaseWrapper) -> None:
    """Write rows by one statement, inside the caller's transaction."""
    if driver := _driver(database):
        try:
            driver.executemany(text.plain, rows)
        except sqlite3.Error:
            _raise_djangos(database)
        return
    with database.cursor() as cursor:
        cursor.executemany(text.marked, rows)


def _driver(database: BaseDatabaseWrapper) -> sqlite3.Connection | None:
    """Return SQLite's own connection where nothing speaks for Django's way.

    Django's way looks after what is out of the ordinary: it opens a connection, refuses one whose transaction is
    broken, and lets watchers see. Whose thread a connection is need not be asked: `connections` gives each its own.
    """
    driver = database.connection
    if not isinstance(driver, sqlite3.Connection):
        return None
    return None if database.needs_rollback or database.execute_wrappers or database.queries_logged else driver


def _raise_djangos(database: BaseDatabaseWrapper) -> NoReturn:
    """Raise the error that is being handled as Django's own."""
    with database.wrap_database_errors:
        raise  # noqa: PLE0704 - called while it is handled
