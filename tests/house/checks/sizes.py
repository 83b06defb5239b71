"""Files, functions and templates stay small enough to be read at night."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, Module, modules, templates

FILE_LINES = 400
FUNCTION_LINES = 60
TEMPLATE_LINES = 200


def oversized(root: Path) -> Iterator[Finding]:
    """Yield what has outgrown its ceiling; the ceilings are hard, the habit is half of them."""
    for under in ("src/rapport", "tests", "bench"):
        for module in modules(root, under=under):
            yield from _oversized_module(module)
    for path in templates(root):
        lines = len((root / path).read_text(encoding="utf-8").splitlines())
        if lines > TEMPLATE_LINES:
            yield Finding(path, 1, f"{lines} lines in one template; the ceiling is {TEMPLATE_LINES}")


def _oversized_module(module: Module) -> Iterator[Finding]:
    lines = len(module.text.splitlines())
    if lines > FILE_LINES:
        yield Finding(module.path, 1, f"{lines} lines in one file; the ceiling is {FILE_LINES}")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield module.finding(node, f"{node.name} has {length} lines; the ceiling is {FUNCTION_LINES}")
