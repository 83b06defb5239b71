"""Statements reach the database by the short way and by Django's alike."""

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from rapport.apps.record.driver import execute_many, fetch
from rapport.apps.record.write import transaction

pytestmark = pytest.mark.usefixtures("db")
SEAL = "INSERT INTO record_seal (subject, digest) VALUES (%s, %s)"


def test_rows_are_written_and_read_by_either_way() -> None:
    execute_many(SEAL, [("a:1", "one"), ("a:2", "two")])
    asked = "SELECT digest FROM record_seal WHERE subject LIKE 'a:%%' AND subject <> %s ORDER BY subject"
    assert fetch(asked, ["b:1"]) == [("one",), ("two",)]
    with CaptureQueriesContext(connection) as seen:
        execute_many(SEAL, [("a:3", "three")])
        assert fetch(asked, ["a:1"]) == [("two",), ("three",)]
    assert len(seen) == 2


def test_a_refusal_of_the_database_is_djangos_and_breaks_the_transaction() -> None:
    def broken() -> None:
        with transaction():
            execute_many(SEAL, [("a:1", "one")])
            with pytest.raises(IntegrityError):
                execute_many(SEAL, [("a:1", "again")])
            connection.set_rollback(True)
            fetch("SELECT digest FROM record_seal WHERE subject = %s", ["a:1"])

    with pytest.raises(TransactionManagementError):
        broken()
    assert fetch("SELECT digest FROM record_seal WHERE subject = %s", ["a:1"]) == []
