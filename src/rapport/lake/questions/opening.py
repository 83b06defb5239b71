"""Opens the lake of a folder once in a process, and only where a question is asked."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.lake.questions.lake import Lake


@lru_cache(maxsize=8)
def lake_at(folder: Path) -> "Lake":
    """Return this process's lake of a folder; to be called after the process was forked."""
    # Its two engines take fifty megabytes, which a process that never asks should not carry.
    from rapport.lake.questions.lake import Lake  # noqa: PLC0415 - see above

    return Lake(folder)
