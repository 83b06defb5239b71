"""Does work that needs a large library in a process of its own while it comes seldom: what that held is given back.

The lake takes a hundred megabytes of a worker. An installation with a click now and then, or only the monitor's own,
would hold them for good; one with steady clicks shall not start a process for every few of them.
"""

import sys
import time
from collections import deque
from collections.abc import Callable

WITHIN_S = 60.0
STEADY_CALLS = 6
"""Work that came so often within a minute is done here from then on."""

Work = Callable[[], object]
Run = Callable[[str], object]


class Seldom:
    """What one process knows of how often such work comes; until it is told how to run it apart, all is done here."""

    def __init__(self, *, timer: Callable[[], float] = time.monotonic) -> None:
        """Begin without any."""
        self._timer = timer
        self._calls: deque[float] = deque(maxlen=STEADY_CALLS)
        self._run_apart: Run | None = None

    def run_apart_by(self, run: Run) -> None:
        """Take what runs a function, given by its dotted path, in a process that ends with it."""
        self._run_apart = run

    def do(self, work: Work, *, library: str) -> None:
        """Do it where it fits; `work` is a function of a module, safe to run twice."""
        if self._run_apart is None or library in sys.modules or self._is_steady():
            work()
        else:
            self._run_apart(f"{work.__module__}.{work.__qualname__}")

    def _is_steady(self) -> bool:
        self._calls.append(self._timer())
        return len(self._calls) == STEADY_CALLS and self._calls[-1] - self._calls[0] < WITHIN_S


seldom = Seldom()
