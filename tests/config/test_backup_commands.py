"""`rapport backup`, `rapport restore` and `rapport upgrade` as an operator types them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from rapport.config.installation import alone, present
from rapport.config.tables import outstanding_migrations
from rapport.flows.backup.keeping import backups
from tests.config.commands import rapport
from tests.support.databases import FreshDatabase
from tests.support.run import Run
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]

_numbers = count(1)


@contextmanager
def empty_database(run: Run) -> Iterator[str]:
    """Yield the address of a database without a table."""
    name = f"bare_{next(_numbers)}"
    run.engine.create(name)
    yield run.engine.url(name)
    run.engine.drop(name)


def test_a_backup_is_taken_listed_checked_and_brought_back(
    fresh_database: FreshDatabase, run: Run, tmp_path: Path
) -> None:
    data, away = tmp_path / "data", tmp_path / "away"
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(data), "RAPPORT_SECRET_KEY": "k" * 32}
    done = rapport("backup", "--to", str(away), "--keep", "1", **settings)
    assert done.returncode == 0, done.stderr
    assert "RAPPORT_SECRET_KEY is set by a variable and not in the archive" in done.stderr
    [kept] = backups(away)
    listed = rapport("backup", "list", RAPPORT_BACKUP_FOLDER=str(away), **settings)
    assert str(kept.path) in listed.stdout
    assert "whole." in rapport("backup", "check", str(kept.path), **settings).stdout

    copy = {**settings, "RAPPORT_DATA": str(tmp_path / "copy")}
    refused = rapport("restore", str(kept.path), **copy)
    assert (refused.returncode, "The database is not empty" in refused.stderr) == (1, True)
    with empty_database(run) as url:
        done = rapport("restore", str(kept.path), **{**copy, "RAPPORT_DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        assert "set it again" in done.stderr
        looked = rapport("doctor", **{**copy, "RAPPORT_DATABASE_URL": url})
        assert looked.returncode == 0, looked.stdout
        refused = rapport("restore", str(kept.path), **{**copy, "RAPPORT_DATABASE_URL": url})
        assert "is not empty" in refused.stderr
    kept.path.write_bytes(kept.path.read_bytes()[:-100])
    refused = rapport("backup", "check", str(kept.path), **settings)
    assert (refused.returncode, "is of no use" in refused.stderr) == (1, True)
    refused = rapport("restore", str(kept.path), "--data", str(tmp_path / "other"))
    assert "is of no use" in refused.stderr


@pytest.fixture
def former(fresh_database: FreshDatabase) -> FreshDatabase:
    """The tables as an earlier version left them."""
    call_command("migrate", "delivery", "0001", verbosity=0)
    connection.close()
    return fresh_database


def test_an_upgrade_backs_up_and_lets_the_tables_follow(former: FreshDatabase, tmp_path: Path) -> None:
    done = rapport("upgrade", RAPPORT_DATABASE_URL=former.url, RAPPORT_DATA=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "1 migrations applied" in done.stdout
    assert len(backups(tmp_path / "backups")) == 1
    assert outstanding_migrations() == []


def test_an_upgrade_that_fails_leaves_the_tables_as_they_were(former: FreshDatabase, tmp_path: Path) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute("CREATE TABLE delivery_suppression (id integer)")  # what the migration wants to make
    connection.close()
    done = rapport("upgrade", RAPPORT_DATABASE_URL=former.url, RAPPORT_DATA=str(tmp_path))
    assert done.returncode == 1
    assert "was taken back; the tables are as before" in done.stderr
    assert outstanding_migrations() == ["delivery.0002_states_and_suppressions"]
    with closing(connection.cursor()) as cursor:
        columns = {one.name for one in connection.introspection.get_table_description(cursor, "delivery_mail")}
    assert "state" not in columns


def test_nothing_is_upgraded_while_a_role_runs(start_rapport: Start) -> None:
    running = start_rapport()
    settings = {"RAPPORT_DATABASE_URL": running.database_url, "RAPPORT_DATA": str(running.data)}
    refused = rapport("upgrade", **settings)
    assert (refused.returncode, "already runs" in refused.stderr) == (1, True)
    assert backups(running.data / "backups") == []


def test_roles_of_their_own_are_noticed_too(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path)}
    with present(tmp_path):
        refused = rapport("upgrade", **settings)
    assert (refused.returncode, "Stop them first, all of them." in refused.stderr) == (1, True)
    with alone(tmp_path):
        pass
