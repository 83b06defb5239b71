"""Asks one connection: rows as they are, by the names of their columns, or the orders that numbers mean."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rapport.flows.replaying.columns.schema import BEHIND

if TYPE_CHECKING:
    import duckdb


class Asking:
    """A connection with views of all facts (`all_facts`) and of all lines of baskets (`s`)."""

    def __init__(self, engine: "duckdb.DuckDBPyConnection") -> None:
        self._engine = engine

    def any(self, table: str, condition: str) -> bool:
        """Say whether a condition holds anywhere in a table."""
        return bool(self.rows(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"))  # noqa: S608 - expressions of ours

    def told(self, statement: str) -> list[dict[str, Any]]:
        """Return rows by the names of their columns."""
        found = self._engine.execute(statement)
        names = [described[0] for described in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._engine.execute(statement)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return rows."""
        return self._engine.execute(statement).fetchall()

    def named(self, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return which orders these numbers mean."""
        columns = ", ".join(("no", *BEHIND))
        told = self.told(f"SELECT {columns} FROM all_facts WHERE no IN ({_listed(numbers)})")  # noqa: S608 - as above
        return {one["no"]: one for one in told}


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers)) or "NULL"
