"""The tables of a backup: a consistent copy taken while everybody writes, and its way back into an empty database.

SQLite copies itself by its backup interface. From PostgreSQL every table is copied in one snapshot by `COPY`, without
a program of its version at hand; the way back lays the tables out by our own migrations, as they were, and fills them.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from rapport.flows.backup.refusals import CannotRestore

SQLITE_FILE = "tables.sqlite3"
ROWS = "tables"
# What lies in our schema, by kind; functions of extensions belong to those.
_OWN = {
    "TABLE": "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()",
    "FUNCTION": """
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    """,
}


def export(folder: Path) -> list[Path]:
    """Write the tables into a folder, as they are at one moment, and return the files."""
    if connection.vendor == "sqlite":
        return [_copy_sqlite(folder / SQLITE_FILE)]
    from rapport.flows.backup.copying import copy_out  # noqa: PLC0415 - the driver is not for SQLite to carry

    return copy_out(folder / ROWS)


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
    from rapport.flows.backup.copying import fill  # noqa: PLC0415 - the driver is not for SQLite to carry

    _clear()
    _lay_out(migrations)
    fill(folder / ROWS)


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
