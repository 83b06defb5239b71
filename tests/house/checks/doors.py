"""Doors find, ask and render: they reach tables through queries and actions only."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, modules

MANAGERS = frozenset({"objects", "_base_manager", "_default_manager"})


def tables_touched_in_doors(root: Path) -> Iterator[Finding]:
    """Yield each place in a door that speaks to a table itself."""
    for module in modules(root, under="src/rapport/doors"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
                yield module.finding(node, "a door reads a table; put the question into the app's queries")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
                yield module.finding(node, "a door saves; call the app's action")
