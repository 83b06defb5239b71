"""The rules know no clock, no chance and nothing that is not in the standard library; money is never a float."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, Module, dotted, modules

# In the standard library, and still a way to the world outside.
WORLDLY = frozenset(
    {
        *("random", "secrets", "uuid", "time", "os", "io", "pathlib", "shutil", "tempfile", "subprocess"),
        *("socket", "ssl", "http", "urllib", "asyncio", "threading", "multiprocessing", "sqlite3", "logging"),
    }
)
CLOCKS = frozenset(
    {
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localdate"),
        *("time.time", "time.time_ns", "clock.now"),
    }
)
# These sums end up in the books.
COUNTS_MONEY = ("domain", "apps/ledger", "apps/programs", "apps/conversions", "apps/commissions")
KEEPS_TIME = ("kit/clock.py",)


def worldly_rules(root: Path) -> Iterator[Finding]:
    """Yield imports of the rules that reach beyond the pure part of the standard library."""
    for module in modules(root, under="src/rapport/domain"):
        for node, name in _imports(module):
            top = name.split(".")[0]
            is_own = name == "rapport.domain" or name.startswith("rapport.domain.")
            if not is_own and (top not in sys.stdlib_module_names or top in WORLDLY):
                yield module.finding(node, f"the rules import {name}; hand them the facts as arguments")


def clocks_read_for_business(root: Path) -> Iterator[Finding]:
    """Yield where rules, apps or flows read a clock; the moment arrives as `at`, from a door or a task."""
    for room in ("domain", "apps", "flows"):
        for module in modules(root, under=f"src/rapport/{room}"):
            if module.path.stem == "tasks" or module.app == "jobs":
                continue
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call) and ".".join(dotted(node.func).split(".")[-2:]) in CLOCKS:
                    yield module.finding(node, f"reads the clock with {dotted(node.func)}(); take `at` instead")


def floats_near_money(root: Path) -> Iterator[Finding]:
    """Yield floats where money is counted: 0.1 + 0.2 is not 0.3 there."""
    for room in COUNTS_MONEY:
        for module in modules(root, under=f"src/rapport/{room}"):
            refused = _names_in_type_questions(module)
            for node in ast.walk(module.tree):
                is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
                is_name = isinstance(node, ast.Name) and node.id == "float" and node not in refused
                if isinstance(node, ast.expr) and (is_literal or is_name):
                    yield module.finding(node, "a float where money is counted; use int, Decimal or Fraction")


def _names_in_type_questions(module: Module) -> set[ast.AST]:
    """Return what stands inside `isinstance(...)`: whoever refuses a float must name it."""
    return {
        name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "isinstance"
        for name in ast.walk(node)
    }


def _imports(module: Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, "." * node.level + (node.module or "")
