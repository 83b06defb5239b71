"""Composed statements do the same by the driver's own way and by Django's."""

from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from rapport.apps.record.driver import Text, ask, write

COUNT = Text.of("SELECT COUNT(*) FROM record_seal WHERE subject LIKE %s AND digest <> '100%%'")
INSERT = Text.of("INSERT INTO record_seal (subject, digest) VALUES (%s, %s)")


def test_a_statement_is_written_with_the_marks_of_both() -> None:
    text = Text.of("SELECT '%%s', '100%%' WHERE a = %s AND b LIKE '%%' || %s")
    assert text.plain == "SELECT '%s', '100%' WHERE a = ? AND b LIKE '%' || ?"
    assert text.marked.count("%s") - text.marked.count("%%s") == text.plain.count("?")


@pytest.fixture(name="way", params=["watched", "unwatched"])
def _way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Go Django's way, where the test's own watch sees each statement, and the driver's."""
    watches = connection.execute_wrappers
    connection.execute_wrappers = watches if request.param == "watched" else []
    yield
    connection.execute_wrappers = watches


@pytest.mark.django_db
@pytest.mark.usefixtures("way")
class TestBothWays:
    """Whichever way a statement goes."""

    def test_what_is_written_is_found(self) -> None:
        write(INSERT, [["a:1", "x"], ["a:2", "y"], ["b:1", "100%"]], database=connection)
        assert ask(COUNT, ["a:%"], database=connection) == [(2,)]
        assert ask(COUNT, ["b:%"], database=connection) == [(0,)]

    def test_the_databases_refusal_is_djangos(self) -> None:
        write(INSERT, [["a:1", "x"]], database=connection)
        with pytest.raises(IntegrityError), transaction.atomic():
            write(INSERT, [["a:1", "y"]], database=connection)
        with pytest.raises(DatabaseError), transaction.atomic():
            ask(Text.of("SELECT nothing FROM nowhere"), [], database=connection)

    def test_a_broken_transaction_takes_nothing_more(self) -> None:
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(TransactionManagementError):
                ask(COUNT, ["a:%"], database=connection)


@pytest.mark.django_db
def test_where_somebody_watches_every_statement_goes_by_where_it_is_seen() -> None:
    seen: list[str] = []

    def watch(execute: Callable[..., object], sql: str, *told: object) -> object:
        seen.append(sql)
        return execute(sql, *told)

    with connection.execute_wrapper(watch):
        ask(COUNT, ["a:%"], database=connection)
        write(INSERT, [["a:1", "x"]], database=connection)
    assert seen == [COUNT.marked, INSERT.marked]
