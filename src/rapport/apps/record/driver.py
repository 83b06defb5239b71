"""Carries composed statements to the database: by SQLite's driver itself where nobody watches, else by Django's way.

Django's cursors turn the marks of every statement from its own into the driver's, ask three times whose thread it is
and wrap each call in three more. On the road of an order, which takes thirty statements, that is a tenth of the time.
Whoever watches statements (tests, `queries_logged`) sees every one, because then all of them go Django's way.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
        with database.wrap_database_errors:
            return driver.execute(text.plain, parameters).fetchall()
    with database.cursor() as cursor:
        cursor.execute(text.marked, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def write(text: Text, rows: Sequence[Sequence[Any]], *, database: BaseDatabaseWrapper) -> None:
    """Write rows by one statement, inside the caller's transaction."""
    if driver := _driver(database):
        with database.wrap_database_errors:
            driver.executemany(text.plain, rows)
        return
    with database.cursor() as cursor:
        cursor.executemany(text.marked, rows)


def _driver(database: BaseDatabaseWrapper) -> sqlite3.Connection | None:
    """Return SQLite's own connection, ready for use, unless somebody watches; None elsewhere."""
    if database.vendor != "sqlite" or database.execute_wrappers or database.queries_logged:
        return None
    database.ensure_connection()
    database.validate_thread_sharing()
    database.validate_no_broken_transaction()
    driver = database.connection
    return driver if isinstance(driver, sqlite3.Connection) else None
