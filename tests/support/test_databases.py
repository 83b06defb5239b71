"""The databases that tests get are real, apart from one another, and of the engine that was asked for."""

import subprocess
import sys
import threading

import pytest
from django.db import connection, connections

from tests.support.databases import FreshDatabase
from tests.support.run import Run

CREATE = "CREATE TABLE kept (number integer)"
INSERT = "INSERT INTO kept VALUES (1)"
COUNT = "SELECT count(*) FROM kept"


def test_a_fresh_database_is_migrated_and_of_the_engine_of_this_run(fresh_database: FreshDatabase, run: Run) -> None:
    assert connection.vendor == fresh_database.engine == run.engine.name
    assert "django_migrations" in connection.introspection.table_names()


@pytest.mark.parametrize("visit", ["first", "second"])
def test_what_one_test_commits_the_next_does_not_see(fresh_database: FreshDatabase, visit: str) -> None:
    assert "kept" not in connection.introspection.table_names(), f"left over before the {visit} visit"
    _execute(CREATE)


def test_threads_share_a_fresh_database(fresh_database: FreshDatabase) -> None:
    _execute(CREATE)
    thread = threading.Thread(target=_insert_and_close)
    thread.start()
    thread.join()
    assert _count() == 1


def test_processes_share_a_fresh_database(fresh_database: FreshDatabase) -> None:
    _execute(CREATE)
    program = (
        f"import django; django.setup(); from django.db import connection; connection.cursor().execute({INSERT!r})"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert _count() == 1


def test_ordinary_database_tests_run_on_the_same_engine(db: None, run: Run) -> None:
    assert connection.vendor == run.engine.name
    assert connection.in_atomic_block


def _insert_and_close() -> None:
    _execute(INSERT)
    connections.close_all()


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        (count,) = cursor.fetchone()
    return int(count)
