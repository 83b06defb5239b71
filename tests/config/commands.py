"""Runs `rapport …` for a test as a person would, on a data folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.run import VAULT_VARIABLE

COMMAND = Path(sys.executable).with_name("rapport")


def rapport(*arguments: str, typed: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings and the run's vault; its text is one line wide enough for every table."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_") or name == VAULT_VARIABLE
    }
    return subprocess.run(
        [str(COMMAND), *arguments],
        env={**inherited, "COLUMNS": "240", "NO_COLOR": "1", **variables},
        input=typed,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
