"""Options that several commands share, and the settings that follow from them."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from rapport.config.env import DATA_VARIABLE, Environment, environment, prepare_data_folder, variable
from rapport.config.errors import Stop

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar=[DATA_VARIABLE, "DATA"],
        file_okay=False,
        help="Folder that holds everything Rapport writes.  [default: ./data]",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65535, help="Port to listen on.", show_default=False),
]
Partners = Annotated[
    int | None,
    typer.Option(
        "--partners", min=10, max=580, help="Partners of the demo program.  [default: 55]", show_default=False
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=["%Y-%m-%d"],
        help="Last day of the demo program's story.  [default: yesterday]",
        show_default=False,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="The same seed and last day give the same figures.", show_default=False),
]

DEMO_FOLDER = Path("data") / "demo"
"""Where the demo lies unless a folder is given: apart from real data."""


def choose(*, data: Path | None, **options: object) -> Environment:
    """Return the settings with the options that were typed, and make the data folder ready for use.

    Options become variables, so that every process started from here sees the same settings. Raises Stop with a line
    for each setting that cannot be used.
    """
    chosen = read(data=data, **options)
    try:
        prepare_data_folder(chosen)
    except OSError as problem:
        raise Stop(f"The data folder {chosen.data} cannot be used: {problem.strerror}.") from problem
    return chosen


def demo_options(*, partners: int | None, until: datetime | None, seed: int | None) -> dict[str, object]:
    """Return the settings that choose a demo, as they were typed."""
    return {"demo_partners": partners, "demo_until": until.date() if until else None, "demo_seed": seed}


def use_data_folder(data: Path | None) -> None:
    """Make `--data` before the command mean the same as after it."""
    if data is not None:
        os.environ[DATA_VARIABLE] = str(data)


def read(*, data: Path | None, **options: object) -> Environment:
    """Return the settings with the options that were typed, and write nothing."""
    for name, value in {"data": data, **options}.items():
        if value is not None:
            os.environ[variable(name)] = str(value)
    environment.cache_clear()
    try:
        return environment()
    except ValidationError as problems:
        raise Stop(_sentences(problems)) from problems


def _sentences(problems: ValidationError) -> str:
    lines = [_sentence(".".join(map(str, each["loc"])), each["msg"]) for each in problems.errors()]
    return "\n  ".join(("these settings cannot be used:", *lines))


def _sentence(name: str, message: str) -> str:
    setting = f"{name} ({variable(name)})" if name in Environment.model_fields else name or "settings"
    return f"{setting}: {message.removeprefix('Value error, ')}"


def load_django() -> None:
    """Wake Django with the chosen settings; it costs a second, so commands that do without it do not call this."""
    import django  # noqa: PLC0415 - see above

    os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.config.settings"
    try:
        django.setup()
    except ValueError as problem:
        raise Stop(f"{problem}.") from problem
