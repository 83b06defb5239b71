"""The rows of PostgreSQL out of their tables and back, by `COPY`; only who uses that database loads its driver."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from psycopg import Connection, sql

_BLOCK = 1_048_576
_NUMBERED = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')
"""
_WIND_ON = "SELECT setval(pg_get_serial_sequence({name}, {text}), COALESCE(MAX({column}), 0) + 1, false) FROM {table}"


def copy_out(folder: Path) -> list[Path]:
    """Write the rows of every table into a file of its own, all as they are at one moment; return the files."""
    folder.mkdir()
    written = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in _tables():
            written.append(folder / f"{table}.copy")
            with written[-1].open("wb") as file, _raw().cursor() as cursor:
                columns = _columns(table)
                statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), columns)
                with cursor.copy(statement) as rows:
                    for block in rows:
                        file.write(block)
    return written


def fill(folder: Path) -> None:
    """Put the rows back in one transaction, with our own triggers asleep: they guard against people, not the past."""
    with transaction.atomic(), _raw().cursor() as cursor:
        tables = [table for table in _tables() if (folder / f"{table}.copy").is_file()]
        for table in _tables():
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        names = sql.SQL(", ").join(map(sql.Identifier, _tables()))
        cursor.execute(sql.SQL("TRUNCATE {}").format(names))
        for table in tables:
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _columns(table))
            with cursor.copy(statement) as rows:
                for block in _blocks(folder / f"{table}.copy"):
                    rows.write(block)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still due cannot be altered
        for table in _tables():
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    _wind_sequences_on()


def _wind_sequences_on() -> None:
    """Let numbers that the database gives go on behind the last one that was given."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED)
        for table, column in cursor.fetchall():
            statement = sql.SQL(_WIND_ON).format(
                name=sql.Literal(f'"{table}"'),
                text=sql.Literal(column),
                column=sql.Identifier(column),
                table=sql.Identifier(table),
            )
            cursor.execute(statement.as_string())


def _tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def _columns(table: str) -> sql.Composed:
    """Return the columns by name: their order differs between a table made at once and one that grew."""
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in described)


def _raw() -> Connection:
    """Return the driver's own connection, inside Django's transaction: only it knows `COPY`."""
    connection.ensure_connection()
    raw = connection.connection
    assert isinstance(raw, Connection)  # noqa: S101 - Django's PostgreSQL speaks through psycopg
    return raw


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block
