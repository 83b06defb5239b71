"""Says when a worker should begin anew: large work leaves memory behind that no later job needs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

QUIET_S = 600.0  # beginning anew costs two seconds of computing: only who has nothing to do may
GROWN_MB = 32.0

_PAGES = Path("/proc/self/statm")


def resident_mb() -> float:
    """Return what this process holds in memory; 0 where the system does not tell, and then nobody begins anew."""
    if not _PAGES.exists():
        return 0.0
    return int(_PAGES.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_048_576


class Renewal:
    """Compares what a worker holds with what it held when it began, once it has been quiet for a while."""

    def __init__(
        self, *, resident: Callable[[], float] = resident_mb, timer: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with what is held now."""
        self._resident, self._timer = resident, timer
        self._at_first = resident()
        self._busy_s = timer()

    def note_work(self) -> None:
        """Begin the quiet time anew: a job is running, or has just been taken."""
        self._busy_s = self._timer()

    def is_due(self) -> bool:
        """Say whether the worker is quiet and holds much more than at first."""
        if self._timer() - self._busy_s < QUIET_S:
            return False
        self._busy_s = self._timer()  # looked at now; again after as long
        return self._resident() - self._at_first > GROWN_MB
