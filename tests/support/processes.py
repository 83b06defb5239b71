"""Lets a program that a test starts end with the test run, however that ends, and whole."""

import ctypes
import signal
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
_ENDED = frozenset({"Z", "X"})

# Loaded here, because between fork and exec a child may not load libraries.
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """Ask Linux to terminate this process when the one that started it is gone; for `preexec_fn`."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for_group(group: int, *, patience_s: float = 30) -> None:
    """Return when no process of a killed group lives: who started it may be gone before those that it started."""
    deadline = time.monotonic() + patience_s
    while any(_lives_in(group, process) for process in Path("/proc").glob("[0-9]*")):
        assert time.monotonic() < deadline, f"the processes of group {group} do not end"
        time.sleep(0.005)


def _lives_in(group: int, process: Path) -> bool:
    """Say whether a thread of a process of this group lives: one that waits for the disk ends after the first."""
    return _state(process)[1] == group and any(_state(one)[0] not in _ENDED for one in process.glob("task/*"))


def _state(one: Path) -> tuple[str, int]:
    """Return the letter of a process's or a thread's state, and its group; it may have ended while we look."""
    try:
        state, _, group = (one / "stat").read_text().rpartition(") ")[2].split()[:3]
    except OSError:
        return "X", 0
    return state, int(group)
