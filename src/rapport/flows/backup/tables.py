"""The tables of a backup: a consistent copy taken while everybody writes, and its way back into an empty database.

SQLite copies itself by its backup interface. From PostgreSQL every table is copied in one snapshot by `COPY`, without
a program of its version at hand; the way back lays the tables out by our own migrations, as they were, and fills them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from psycopg import Connection, sql

from rapport.flows.backup.refusals import CannotRestore

SQLITE_FILE = "tables.sqlite3"
ROWS = "tables"
_BLOCK = 1_048_576
# What lies in our schema, by kind; functions of extensions belong to those.
_OWN = {
    "TABLE": "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()",
    "FUNCTION": """
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    """,
}
_NUMBERED = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')
"""
_WIND_ON = "SELECT setval(pg_get_serial_sequence({name}, {text}), COALESCE(MAX({column}), 0) + 1, false) FROM {table}"


def export(folder: Path) -> list[Path]:
    """Write the tables into a folder, as they are at one moment, and return the files."""
    if connection.vendor == "sqlite":
        return [_copy_sqlite(folder / SQLITE_FILE)]
    return _copy_postgresql(folder / ROWS)


def applied_migrations() -> list[list[str]]:
    """Return the migrations that laid the tables out, in the order of their names."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def is_empty() -> bool:
    """Say whether there is no table yet."""
    return not connection.introspection.table_names()


def bring_back(folder: Path, *, migrations: list[list[str]]) -> None:
    """Fill an empty database of the same kind from what `export` wrote; raises `CannotRestore` for another one."""
    if not is_empty():
        raise CannotRestore("The database is not empty. Name an empty one in RAPPORT_DATABASE_URL.")
    put_back(folder, migrations=migrations)


def put_back(folder: Path, *, migrations: list[list[str]]) -> None:
    """Make the tables what they were when `export` wrote them, whatever there is now."""
    if connection.vendor == "sqlite":
        _bring_sqlite_back(folder / SQLITE_FILE)
        return
    _clear()
    _lay_out(migrations)
    _fill(folder / ROWS)


def engine() -> str:
    """Return which kind of database it is."""
    return connection.vendor


# ---- SQLite -----------------------------------------------------------------------------------------------------


def _copy_sqlite(target: Path) -> Path:
    """Copy in one step: in steps, each write by somebody else would start it anew."""
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=60)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


def _bring_sqlite_back(source: Path) -> None:
    connection.close()
    target = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target)) as empty:
        copy.backup(empty)


# ---- PostgreSQL -------------------------------------------------------------------------------------------------


def _copy_postgresql(folder: Path) -> list[Path]:
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


def _clear() -> None:
    """Drop the tables of this schema that are ours, with the functions of their triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        for kind, statement in _OWN.items():
            cursor.execute(statement)
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP {kind} IF EXISTS {name} CASCADE")


def _lay_out(migrations: list[list[str]]) -> None:
    """Make the tables as they were: by the same migrations, and no newer ones."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.graph.nodes)
    wanted = {(app, name) for app, name in migrations if app in executor.loader.migrated_apps}
    if unknown := wanted - known:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in unknown))
        raise CannotRestore(f"The backup is of a newer version of Rapport, which also has {names}.")
    leaves = executor.loader.graph.leaf_nodes()
    plan = [
        step
        for step in executor.migration_plan(leaves, clean_start=True)
        if (step[0].app_label, step[0].name) in wanted
    ]
    executor.migrate(leaves, plan=plan)


def _fill(folder: Path) -> None:
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
