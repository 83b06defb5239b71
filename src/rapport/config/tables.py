"""Brings the tables of the database up to date."""

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console

from rapport.config.errors import Stop


def outstanding_migrations() -> list[str]:
    """Return the migrations that the code has and the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def bring_up_to_date(*, console: Console) -> int:
    """Apply outstanding migrations; return how many there were. Raises Stop when the database refuses."""
    try:
        outstanding = outstanding_migrations()
        if outstanding:
            with console.status(f"Applying {len(outstanding)} migrations"):
                call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as problem:
        raise Stop(f"The database refused: {str(problem).strip()}") from problem
    finally:
        connection.close()
    return len(outstanding)
