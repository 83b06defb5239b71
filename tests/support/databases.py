"""Gives tests their database: one migrated template per run, a copy of it for each worker and whoever needs its own.

The books refuse to be emptied, so no test cleans up after itself: ordinary tests (`db`, `django_db`) are rolled back,
and a test with several connections, threads or processes asks for `fresh_database`, a copy that it may commit to.
"""

import fcntl
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from rapport.config.databases import database as django_options
from tests.support.run import Run

TEMPLATE = "template_of_run"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class FreshDatabase:
    """A database that one test may commit to: `engine` is `sqlite` or `postgresql`."""

    url: str
    engine: str


@pytest.fixture(scope="session")
def template_database(
    run: Run,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> str:
    """Migrate one database per run; the first worker that comes does it, the others wait."""
    ready = run.folder / "template.ready"
    with _locked(run.folder / "template.lock"), django_db_blocker.unblock():
        if not ready.exists():
            run.engine.create(TEMPLATE)
            with connected_to(run.engine.url(TEMPLATE)):
                call_command("migrate", verbosity=0)
            ready.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(run: Run, copy_database: Callable[[], str], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Connect this worker to its own copy; pytest-django asks for this before the first database test."""
    name = copy_database()
    with django_db_blocker.unblock(), connected_to(run.engine.url(name)):
        yield


@pytest.fixture(scope="session")
def copy_database(run: Run, template_database: str) -> Iterator[Callable[[], str]]:
    """Return a function that makes a migrated, empty database and returns its name; all are dropped at the end."""
    names = []

    def copy() -> str:
        name = f"copy_{os.getpid()}_{next(_numbers)}"
        run.engine.copy(template_database, target=name)
        names.append(name)
        return name

    yield copy
    for name in names:
        run.engine.drop(name)


@pytest.fixture
def fresh_database(
    run: Run,
    copy_database: Callable[[], str],
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FreshDatabase]:
    """Connect every thread of this process, and each process that it starts, to a database of the test's own."""
    name = copy_database()
    url = run.engine.url(name)
    monkeypatch.setenv("RAPPORT_DATABASE_URL", url)
    with django_db_blocker.unblock(), connected_to(url):
        yield FreshDatabase(url=url, engine=run.engine.name)
    run.engine.drop(name)


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Point Django's connection at another database, in all threads; end with no connection of this thread open."""
    options = connections.settings["default"]
    before = dict(options)
    connection.close()
    address = django_options(url, data=Path(os.environ["RAPPORT_DATA"]))
    options.update({name: value for name, value in address.items() if name != "TEST"})
    try:
        yield
    finally:
        connection.close()
        options.update(before)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
