"""Tells at once whether a worker on this machine is alive: each holds a file lock that dies with its process."""

import fcntl
import os
import socket
from pathlib import Path

from rapport.kit.ids import random_token


class Presence:
    """The lock of one worker, held from its making until its process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.worker_id = f"{socket.gethostname()[:24]}-{os.getpid()}-{random_token(6)}"
        self._path = folder / self.worker_id
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def leave(self) -> None:
        """Give up the lock and remove its file: this worker has nothing left to recover."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def dead_workers(folder: Path) -> list[str]:
    """Return ids of workers that ended without leaving; a worker on another machine is never listed."""
    return [path.name for path in sorted(folder.iterdir()) if _is_abandoned(path)]


def forget(folder: Path, worker_id: str) -> None:
    """Remove the trace of a dead worker once its jobs are recovered."""
    (folder / worker_id).unlink(missing_ok=True)


def _is_abandoned(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True
