"""A fair gate before SQLite's one writer: whoever comes first is served first."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_open_gates = threading.local()


@contextmanager
def gate(path: str) -> Iterator[None]:
    """Wait for the turn of this thread, and hold the gate meanwhile."""
    descriptor = _descriptor(path)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _descriptor(path: str) -> int:
    """Return this thread's own descriptor: a lock is held by an open file, so threads must not share one."""
    known: dict[tuple[int, str], int] = _open_gates.__dict__.setdefault("known", {})
    place = (os.getpid(), path)
    if place not in known:
        known[place] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return known[place]
