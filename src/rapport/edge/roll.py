"""Who else answers on this folder: every edge process writes down what it counted, so that each can tell the sum.

A file per process, locked for as long as the process lives: one without its lock has lost its process and goes away.
What the others counted is as old as their last writing, which is a second at most.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

import msgspec

from rapport.edge.counters import Figures

_SUFFIX = ".json"
_READINGS = 5


class Roll:
    """The edge processes of one data folder, one of which is ours."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._own = folder / f"{os.getpid()}{_SUFFIX}"
        self._own.unlink(missing_ok=True)  # in a container the process before us had our number
        self._file = self._begun()
        self._told: Figures | None = None

    def write(self, figures: Figures) -> None:
        """Let the others know; a disk that refuses keeps them on what they knew."""
        with suppress(OSError):
            if not self._own.exists():  # at first, and after somebody took us for dead
                self._file.close()
                self._file = self._begun()
                self._put(figures)
                self._hidden.rename(self._own)
            elif figures != self._told:
                self._put(figures)
            self._told = figures

    def others(self) -> list[Figures]:
        """Return what the other living processes counted."""
        return list(living(self._folder, but=self._own))

    def close(self) -> None:
        """Leave."""
        self._own.unlink(missing_ok=True)
        self._hidden.unlink(missing_ok=True)
        self._file.close()

    def _put(self, figures: Figures) -> None:
        told = msgspec.json.encode(figures)
        os.pwrite(self._file.fileno(), told + b" " * (_length(self._file.fileno()) - len(told)), 0)

    @property
    def _hidden(self) -> Path:
        return self._own.with_suffix(".begun")

    def _begun(self) -> FileIO:
        """Open and lock our file where nobody looks; it gets its name with the first figures in it."""
        file = FileIO(self._hidden, "w+b")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file


def living(folder: Path, *, but: Path | None = None) -> Iterator[Figures]:
    """Yield what the living processes of a folder counted, and take away what dead ones left."""
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        if path == but:
            continue
        with suppress(FileNotFoundError), path.open("rb") as file:
            if _is_orphan(file.fileno()):
                path.unlink(missing_ok=True)
            elif figures := _read(file.fileno()):
                yield figures


def _is_orphan(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(fd: int) -> Figures | None:
    """Return what a process told; read again where it was just writing."""
    for _ in range(_READINGS):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(os.pread(fd, _length(fd), 0), type=Figures)
    return None


def _length(fd: int) -> int:
    return os.fstat(fd).st_size
