"""Lets a job say how far it is, and learn that its worker is stopping."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from rapport.apps.jobs.errors import JobInterrupted
from rapport.apps.jobs.queries import Progress

# People read progress; writing it more often would only cost the job time.
WRITE_EVERY_S = 0.5


class Attempt:
    """The running attempt of one job, as the job's own thread sees it."""

    def __init__(self, *, stopping: threading.Event, write: Callable[[Progress], None]) -> None:
        self._stopping = stopping
        self._write = write
        self._written_s = 0.0

    def report(self, progress: Progress) -> None:
        """Store the progress if it is time to; raises JobInterrupted when the worker is stopping."""
        if self._stopping.is_set():
            raise JobInterrupted
        # Inside a transaction nobody would see it, and the row would stay locked until its end.
        if connection.in_atomic_block or time.monotonic() - self._written_s < WRITE_EVERY_S:
            return
        self._write(progress)
        self._written_s = time.monotonic()


_attempt: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def attempting(attempt: Attempt) -> Iterator[None]:
    """Make `report_progress` in this thread speak of this attempt."""
    token = _attempt.set(attempt)
    try:
        yield
    finally:
        _attempt.reset(token)


def report_progress(*, done: int, total: int | None = None, message: str = "") -> None:
    """Say how far the running job is; call it between two pieces of work, outside transactions.

    A worker that stops ends the job here (JobInterrupted) and another runs it again: what was committed stays. Outside
    a worker nothing happens.
    """
    attempt = _attempt.get()
    if attempt is not None:
        attempt.report(Progress(done=done, total=total, message=message))
