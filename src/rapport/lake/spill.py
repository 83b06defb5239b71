"""Gives each DuckDB a folder of its own for what its memory does not hold: two that share one crash (measured).

DuckDB makes the folder when it first needs it and takes it away when it is closed; that of a killed process stays.
"""

import os
import shutil
import time
from pathlib import Path
from secrets import token_hex

_NAME = "spill"
_OLD_S = 86_400


def own_spill(lake: Path) -> str:
    """Return a folder that no other connection has, in this process or another."""
    return str(lake / f"{_NAME}-{os.getpid()}-{token_hex(4)}")


def sweep_spills(lake: Path) -> None:
    """Remove what killed processes left a day ago; the process of a folder may be one that this machine cannot see."""
    for folder in lake.glob(f"{_NAME}*"):
        if _is_old(folder) and not _lives(folder.name.split("-")):
            shutil.rmtree(folder, ignore_errors=True)


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > _OLD_S
    except FileNotFoundError:  # closed since it was listed
        return False


def _lives(parts: list[str]) -> bool:
    """Say whether the process named in a folder's name lives; one from before processes were named does not."""
    return len(parts) > 1 and parts[1].isdecimal() and Path(f"/proc/{parts[1]}").exists()
