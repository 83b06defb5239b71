"""Keeps tables append-only inside the database itself, so that no mistake of ours and no raw SQL can rewrite them."""

from collections.abc import Callable, Sequence

from django.apps.registry import Apps, apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Step = Callable[[Apps, BaseDatabaseSchemaEditor], None]

# SQLite has no statement triggers; with recursive_triggers on, INSERT OR REPLACE fires the one for DELETE.
_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
"""
_VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


class Guarded(Operation):
    """A migration step of guards alone: statements only, so Django need not rebuild its picture of all tables."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, create: Step, drop: Step) -> None:
        """Keep the two halves."""
        self.create, self.drop = create, drop

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: guards are no part of the models."""

    def database_forwards(
        self, _app_label: str, editor: BaseDatabaseSchemaEditor, _before: ProjectState, _after: ProjectState
    ) -> None:
        """Create the guards."""
        self.create(apps, editor)

    def database_backwards(
        self, _app_label: str, editor: BaseDatabaseSchemaEditor, _before: ProjectState, _after: ProjectState
    ) -> None:
        """Drop the guards."""
        self.drop(apps, editor)

    def describe(self) -> str:
        """Say what it does, for `migrate --plan`."""
        return "Guard tables against being rewritten"


def append_only(*tables: str) -> tuple[Step, Step]:
    """Return the two halves of a migration step: make these tables append-only, and let them be rewritten again.

    Django rebuilds a SQLite table when a column changes, which loses its triggers: such a migration ends with this
    step again.
    """

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in guard_statements(tables, vendor=editor.connection.vendor):
            editor.execute(statement, params=None)  # none: the "%" of RAISE is no placeholder

    def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for verb in _VERBS[editor.connection.vendor]:
                on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
                editor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")

    return forwards, backwards


def guard_statements(tables: Sequence[str], *, vendor: str) -> list[str]:
    """Return the statements that guard these tables on one kind of database."""
    template = _SQLITE if vendor == "sqlite" else _POSTGRESQL
    guards = [template.format(table=table, verb=verb) for table in tables for verb in _VERBS[vendor]]
    return guards if vendor == "sqlite" else [_POSTGRESQL_FUNCTION, *guards]


def missing_guards(*tables: str, connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the guards that these tables should have and do not, for `doctor`."""
    wanted = {f"{table}_no_{verb}".lower() for table in tables for verb in _VERBS[connection.vendor]}
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return sorted(wanted - {name.lower() for (name,) in cursor.fetchall()})
