"""What only a waking Django can tell: foreign keys, commands and settings, asked of the source under any root.

Run as a program, it prints them as JSON; the checks start it with the root's own `src` first on the path.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.checks.source import Finding

OPERATING = Path("docs/operating.md")
REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Registry:
    """The answers of one source tree."""

    foreign_keys: list[dict[str, Any]]
    commands: dict[str, str]
    settings: list[str]


def ask(root: Path) -> Registry:
    """Wake the Django of a source tree in a process of its own and ask it."""
    with tempfile.TemporaryDirectory() as data:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        environment = {
            **inherited,
            "RAPPORT_DATA": data,
            "DJANGO_SETTINGS_MODULE": "rapport.config.settings",
            "PYTHONPATH": os.pathsep.join((str(root / "src"), str(REPOSITORY))),
        }
        answer = subprocess.run(
            [sys.executable, "-m", "tests.house.checks.registry"],
            cwd=root,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
    return Registry(**json.loads(answer.stdout))


def foreign_keys_astray(root: Path, registry: Registry) -> Iterator[Finding]:
    """Yield foreign keys that point up, and those that leave their app and leave a way back."""
    order = app_order(root)
    for key in registry.foreign_keys:
        app, target = key["app"], key["target_app"]
        place = Path("src/rapport/apps") / app / "models.py"
        if app == target:
            continue
        if target in order and order.index(app) < order.index(target):
            yield Finding(place, 1, f"{key['name']} points up to {target}; only apps further down may be pointed at")
        if key["related_name"] != "+":
            yield Finding(place, 1, f'{key["name"]} leaves its app without related_name="+"')


def undocumented(root: Path, registry: Registry) -> Iterator[Finding]:
    """Yield commands without help, and commands and settings that the operator's page does not name."""
    text = (root / OPERATING).read_text(encoding="utf-8")
    for command, help_text in registry.commands.items():
        if not help_text:
            yield Finding(Path("src/rapport/config/cli"), 1, f"`rapport {command}` has no help")
        if f"rapport {command}" not in text:
            yield Finding(OPERATING, 1, f"`rapport {command}` is not described")
    for name in registry.settings:
        if f"RAPPORT_{name.upper()}" not in text:
            yield Finding(OPERATING, 1, f"RAPPORT_{name.upper()} is not described")


def app_order(root: Path) -> list[str]:
    """Return the apps from the lowest to the highest, as the import contracts list them."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in pyproject["tool"]["importlinter"]["contracts"]}
    return list(reversed(contracts["apps"]["layers"]))


def _foreign_keys() -> Iterator[dict[str, Any]]:
    from django.apps import apps  # noqa: PLC0415 - only the program below may wake Django

    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("rapport."):
            continue
        for field in model._meta.get_fields(include_parents=False):
            if field.is_relation and not field.auto_created and field.related_model is not None:
                yield {
                    "name": str(field),
                    "app": model._meta.app_label,
                    "target_app": field.related_model._meta.app_label,
                    "related_name": getattr(field.remote_field, "related_name", None),
                }


def _commands() -> dict[str, str]:
    from typer.main import get_command  # noqa: PLC0415 - as above

    from rapport.config.cli.main import app  # noqa: PLC0415 - as above

    return dict(_walk(get_command(app), ""))


def _walk(command: Any, prefix: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - click's own class has no types here
    for name, child in getattr(command, "commands", {}).items():
        full = f"{prefix} {name}".strip()
        yield full, child.help or ""
        yield from _walk(child, full)


def _main() -> None:
    import django  # noqa: PLC0415 - as above

    django.setup()
    from rapport.config.env import Environment  # noqa: PLC0415 - as above

    answers = {
        "foreign_keys": list(_foreign_keys()),
        "commands": _commands(),
        "settings": list(Environment.model_fields),
    }
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    _main()
