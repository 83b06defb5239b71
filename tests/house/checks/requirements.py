"""What the code imports is required, and what is required is used: a package without a use is a risk for nothing."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.house.checks.source import Finding, modules

BASE = Path("requirements/base.in")

# Loaded by name, never imported by us.
LOADED_BY_NAME = {
    "argon2-cffi": "by Django, to hash passwords",
    "django-cotton": "by INSTALLED_APPS",
    "django-template-partials": "by INSTALLED_APPS",
    "psycopg": "by Django, for PostgreSQL",
    "tzdata": "by zoneinfo, where the system has no time zones",
    "whitenoise": "by MIDDLEWARE",
}


def required(root: Path) -> dict[str, int]:
    """Return the packages of the runtime with the line that requires each."""
    lines = (root / BASE).read_text(encoding="utf-8").splitlines()
    return {
        match.group().lower(): number
        for number, line in enumerate(lines, start=1)
        if (match := re.match(r"[A-Za-z0-9][\w.-]*", line))
    }


def imports_without_requirement(root: Path) -> Iterator[Finding]:
    """Yield imports of packages that are there only because something else happened to bring them."""
    packages, listed = packages_distributions(), required(root)
    for module in modules(root):
        for node, name in _imported(module.tree):
            brought_by = {package.lower() for package in packages.get(name, [name])}
            if name not in sys.stdlib_module_names and name != "rapport" and not brought_by & listed.keys():
                yield module.finding(node, f"imports {name}, which requirements/base.in does not list")


def requirements_without_use(root: Path) -> Iterator[Finding]:
    """Yield required packages that nothing imports and nothing loads by name."""
    packages = packages_distributions()
    imported = {name for module in modules(root) for _, name in _imported(module.tree)}
    used = {package.lower() for name in imported for package in packages.get(name, ())}
    for package, line in required(root).items():
        if package not in used and package not in LOADED_BY_NAME:
            yield Finding(BASE, line, f"{package} is required and not used")


def _imported(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node, alias.name.split(".")[0]) for alias in names)
            case ast.ImportFrom(module=str(name), level=0):
                yield node, name.split(".")[0]
            case _:
                pass
