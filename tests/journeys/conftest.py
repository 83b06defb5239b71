"""What drills of tracking stand on."""

import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.databases import connected_to
from tests.support.killable import KillableDatabase, own_database
from tests.support.run import Run


@pytest.fixture
def killable_database(
    run: Run, copy_database: Callable[[], str], django_db_blocker: DjangoDbBlocker
) -> Iterator[KillableDatabase]:
    """A database that this process is connected to and may kill."""
    folder = run.folder / f"drill-{time.monotonic_ns()}"
    with (
        own_database(run, copy_database, folder) as given,
        django_db_blocker.unblock(),
        connected_to(given.url),
    ):
        yield given
