"""Says when a worker should begin anew: large work leaves memory behind that no later job needs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

QUIET_S = 600.0  # beginning anew costs two seconds of computing: only who has little to do may
QUIET_COMPUTING_S = 30.0  # in that time; what the clock looks at all day takes ten
GROWN_MB = 32.0

_PAGES = Path("/proc/self/statm")


def resident_mb() -> float:
    """Return what this process holds in memory; 0 where the system does not tell, and then nobody begins anew."""
    if not _PAGES.exists():
        return 0.0
    return int(_PAGES.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_048_576


class Renewal:
    """Compares what a worker holds with what it held when it began, each time it has been quiet for a while."""

    def __init__(
        self,
        *,
        resident: Callable[[], float] = resident_mb,
        timer: Callable[[], float] = time.monotonic,
        computed: Callable[[], float] = time.process_time,
    ) -> None:
        """Begin with what is held now."""
        self._resident, self._timer, self._computed = resident, timer, computed
        self._at_first = resident()
        self._look_anew()

    def is_due(self) -> bool:
        """Say whether the worker was quiet and holds much more than at first; asked while no job runs."""
        if self._timer() - self._since_s < QUIET_S:
            return False
        was_quiet = self._computed() - self._computed_s < QUIET_COMPUTING_S
        self._look_anew()
        return was_quiet and self._resident() - self._at_first > GROWN_MB

    def _look_anew(self) -> None:
        self._since_s, self._computed_s = self._timer(), self._computed()
