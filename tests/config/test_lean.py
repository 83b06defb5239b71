"""What lives long carries little: each process loads what it needs, and the rest when it is asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LAKE = {"duckdb", "deltalake", "arro3", "crawleruseragents"}
DIRECTORIES = {"holidays", "schwifty", "pycountry", "stdnum"}
OTHERS = {"psycopg", "dns", "typst", "openpyxl", "granian"}

EDGE = "import rapport.config.tracking"
COMMAND_LINE = "import rapport.config.cli"
WORKER = """
from rapport.config.cli.options import load_django
load_django()
from rapport.apps.jobs.schedule import Schedule
from rapport.apps.jobs.worker import Worker
from rapport.config.jobs import SCHEDULES
Schedule.check(SCHEDULES)
"""
# A job that writes a link into a letter asks for the addresses of all pages.
LETTERS = f"{WORKER}\nimport rapport.config.urls"


def loaded_by(code: str, *, data: Path) -> set[str]:
    """Return the packages that a fresh process has after this code."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"],
        env={"RAPPORT_DATA": str(data)},
        capture_output=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(told.stdout)}


@pytest.mark.parametrize(
    ("code", "left_out"),
    [
        (EDGE, {"django", "pydantic", "pydantic_settings", "typer", "rich"} | LAKE | DIRECTORIES | OTHERS),
        (COMMAND_LINE, {"django", "httpx", "uvloop", "httptools", "lmdb"} | LAKE | DIRECTORIES | OTHERS),
        (WORKER, LAKE | DIRECTORIES | OTHERS),
        (LETTERS, LAKE | DIRECTORIES | OTHERS - {"typst"}),
    ],
    ids=["edge", "command-line", "worker", "letters"],
)
def test_a_process_does_not_carry_what_it_seldom_needs(code: str, left_out: set[str], tmp_path: Path) -> None:
    loaded = loaded_by(code, data=tmp_path)
    assert "rapport" in loaded
    assert loaded & left_out == set()
