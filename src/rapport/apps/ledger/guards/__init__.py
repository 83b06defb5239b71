"""Guards: triggers that keep the books append-only and sound inside the database itself, whoever writes to it.

A migration that changes a table of the ledger begins with `drop` and ends with `create`: a table that SQLite
rebuilds loses its triggers.
"""

import re
from dataclasses import dataclass
from importlib import resources

from django.apps.registry import Apps
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MARK = re.compile(r"^-- guard (\w+) on (\w+)\n", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n?", re.MULTILINE)

# A trigger counts when it is enabled; what it does is compared word for word with what this version creates.
_STANDING = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(tgrelid)
    """,
}

_DROP = {
    "sqlite": "DROP TRIGGER IF EXISTS {name}",
    "postgresql": "DROP TRIGGER IF EXISTS {name} ON {table}; DROP FUNCTION IF EXISTS {name}()",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule of the books as the database knows it."""

    name: str
    table: str
    sql: str


def guards_of(vendor: str) -> list[Guard]:
    """Return the guards for one kind of database, in the order in which they are created."""
    text = resources.files(__name__).joinpath(f"{vendor}.sql").read_text(encoding="utf-8")
    _, *parts = _MARK.split(text)
    return [
        Guard(name, table, _COMMENT.sub("", sql).strip())
        for name, table, sql in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


def create(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create every guard; the forward half of a migration step."""
    for guard in guards_of(editor.connection.vendor):
        editor.execute(guard.sql, params=None)


def drop(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop every guard; the backward half of a migration step, and the first step of one that changes a table."""
    vendor = editor.connection.vendor
    for guard in guards_of(vendor):
        editor.execute(_DROP[vendor].format(name=guard.name, table=guard.table), params=None)


def missing_guards() -> list[str]:
    """Return the names of guards that do not stand, are switched off, or do something else than they should."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING[connection.vendor])
        standing = dict(cursor.fetchall())
    return [guard.name for guard in guards_of(connection.vendor) if not _stands(guard, standing.get(guard.name))]


def _stands(guard: Guard, body: str | None) -> bool:
    if body is None:
        return False
    # SQLite keeps the whole statement without its last semicolon, PostgreSQL the text between the $guard$ quotes.
    wanted = guard.sql if connection.vendor == "sqlite" else guard.sql.split("$guard$")[1]
    return body.strip() == wanted.removesuffix(";").strip()
