"""The import contracts name every room and every app that stands on the disk."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.house.checks.source import Finding

PYPROJECT = Path("pyproject.toml")
EXPECTED = frozenset(
    {"floors", "apps", "inside-an-app", "doors-apart", "pure-rules", "light-programs", "light-edge"},
)


def contracts(root: Path) -> dict[str, dict[str, Any]]:
    """Return the contracts by their id."""
    pyproject = tomllib.loads((root / PYPROJECT).read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in pyproject["tool"]["importlinter"]["contracts"]}


def forgotten_rooms(root: Path) -> Iterator[Finding]:
    """Yield rooms, apps and doors that no contract holds, and contracts that are gone."""
    known = contracts(root)
    for missing in sorted(EXPECTED - known.keys()):
        yield Finding(PYPROJECT, 1, f"the contract {missing!r} is gone")
    yield from _unlisted(root, "", listed=_names(known["floors"]["layers"]))
    yield from _unlisted(root, "apps", listed=_names(known["apps"]["layers"]))
    yield from _unlisted(root, "doors", listed=_names(known["doors-apart"]["layers"]))
    containers = {name.removeprefix("rapport.apps.") for name in known["inside-an-app"]["containers"]}
    yield from _unlisted(root, "apps", listed=containers)


def _unlisted(root: Path, room: str, *, listed: set[str]) -> Iterator[Finding]:
    for package in sorted((root / "src/rapport" / room).glob("*/__init__.py")):
        name = package.parent.name
        if name not in listed:
            yield Finding(PYPROJECT, 1, f"{name} stands in {package.parents[1].name}/ and in no contract")


def _names(layers: list[str]) -> set[str]:
    return {name.strip(" ()") for layer in layers for name in layer.split("|")}
