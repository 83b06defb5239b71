"""While a backup is taken nothing is tidied: what the tables' copy says was read must still lie in the journal's."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = "backup.lock"


class AlreadyRuns(Exception):
    """Another backup is being taken, or things are being tidied."""

    def __init__(self) -> None:
        super().__init__("A backup is being taken already, or files are being tidied; try again in a minute.")


@contextmanager
def still(data: Path) -> Iterator[None]:
    """Hold the data folder still; raises `AlreadyRuns` when somebody else does, or tidies."""
    with (data / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRuns from None
        yield
