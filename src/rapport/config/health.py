"""Checks of the machine and the installation; the checks of the business stand in the flows."""

import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, cast

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from rapport.apps.jobs import queries as jobs
from rapport.apps.ledger import queries as ledger
from rapport.apps.record.vault import vault
from rapport.config.env import FOLDERS
from rapport.config.tables import outstanding_migrations
from rapport.flows.backup.marker import restored_at
from rapport.kit.clock import now
from rapport.kit.vault import KeyMissing, VaultError

LEAST_FREE_BYTES = 500_000_000
LARGEST_SLIP = timedelta(seconds=5)
LONGEST_WAIT_S = 300


class Check(Protocol):
    """One thing that was looked at; without problems it is in order."""

    @property
    def name(self) -> str:
        """What was looked at."""

    @property
    def problems(self) -> Sequence[str]:
        """One sentence for each thing that is wrong."""

    @property
    def rows(self) -> int:
        """How many rows were looked at; 0 where there are none to count."""


@dataclass(frozen=True, slots=True)
class SystemCheck:
    """A check of the machine."""

    name: str
    problems: tuple[str, ...] = ()
    rows: int = 0

    @property
    def is_fatal(self) -> bool:
        """Whether nothing further can be looked at."""
        return bool(self.problems) and self.name in {"database", "tables"}


def all_checks(
    *, tell: Callable[[str, int], None] | None = None, only: Collection[str] | None = None
) -> Iterator[Check]:
    """Look at the machine first, then, if the tables can be read at all, at the business, or `only` at some of it.

    `tell` hears which thing of the business is looked at, and how many rows of it were seen.
    """
    for check in system_checks():
        yield check
        if check.is_fatal:
            return
    # By its name: this module is read before the flows can be loaded.
    business = cast("Callable[..., Iterable[Check]]", import_string("rapport.flows.doctor.run_checks"))
    yield from business(tell=tell, only=only)


def system_checks() -> Iterator[SystemCheck]:
    """Look at everything that Rapport stands on."""
    looks: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("folders", _folders),
        ("disk", _disk),
        ("secrets", _secrets),
        ("database", _database),
        ("tables", _tables),
        ("guards of the books", _guards),
        ("clock", _clock),
        ("jobs", _jobs),
    )
    for name, look in looks:
        yield SystemCheck(name, tuple(look()))


def _folders() -> Iterator[str]:
    for folder in (settings.DATA_FOLDER, *(settings.DATA_FOLDER / name for name in FOLDERS)):
        if not os.access(folder, os.W_OK | os.X_OK):
            yield f"{folder} cannot be written."


def _disk() -> Iterator[str]:
    free = shutil.disk_usage(settings.DATA_FOLDER).free
    if free < LEAST_FREE_BYTES:
        yield f"Only {free // 1_000_000} MB are free in {settings.DATA_FOLDER}; clicks need room to be kept."


def _secrets() -> Iterator[str]:
    for path in sorted((settings.DATA_FOLDER / "secrets").rglob("*")):
        if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield f"{path} can be read by others on this machine: chmod 600."
    try:
        has_keys = bool(vault().keys)
    except VaultError as problem:
        yield f"{settings.VAULT_KEYS_FILE}: {problem}"
    else:
        if not has_keys:
            yield str(KeyMissing())


def _database() -> Iterator[str]:
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield f"The database cannot be reached: {str(problem).strip()}"
        return
    if connection.vendor == "sqlite":
        yield from _pragmas()


def _pragmas() -> Iterator[str]:
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)):
        if (found := _value(f"PRAGMA {pragma}")) != wanted:
            yield f"SQLite's {pragma} is {found} instead of {wanted}."


def _tables() -> Iterator[str]:
    if outstanding := outstanding_migrations():
        yield f"{len(outstanding)} migrations are not applied; run `rapport migrate`."


def _guards() -> Iterator[str]:
    for guard in ledger.missing_guards():
        yield f"The guard {guard} is missing: the books are not protected by the database."


def _clock() -> Iterator[str]:
    """Compare with a second clock where there is one; else with the newest moment that this installation wrote."""
    if connection.vendor == "postgresql":
        slip = abs(_value("SELECT clock_timestamp()") - now())
        if slip > LARGEST_SLIP:
            yield f"This machine's clock and the database's differ by {slip.total_seconds():.0f} seconds."
        return
    newest = (settings.DATA_FOLDER / "rapport.sqlite3").stat().st_mtime if _has_file() else 0.0
    if newest > now().timestamp() + LARGEST_SLIP.total_seconds():
        yield "The clock stands before the last write of the database: it was set back."


def _has_file() -> bool:
    return (settings.DATA_FOLDER / "rapport.sqlite3").exists()


def _jobs() -> Iterator[str]:
    figures, back = jobs.job_figures(at=now()), restored_at()
    # What waits in a copy waits since the copy was brought back.
    waits_s = min(figures.oldest_waiting_s, (now() - back).total_seconds() if back else figures.oldest_waiting_s)
    if waits_s > LONGEST_WAIT_S:
        yield f"A job waits since {figures.oldest_waiting_s:.0f} seconds: is a worker running?"
    if figures.failed:
        yield f"{figures.failed} jobs were given up; see the page of failed jobs."


def _value(statement: str) -> Any:  # noqa: ANN401 - whatever the database answers
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
