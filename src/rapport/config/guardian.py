"""Ends a child process when the one that started it is gone, even if that one was killed and could say nothing."""

import os
import signal
import threading
import time

SUPERVISOR_VARIABLE = "SUPERVISOR_PID"
LOOK_EVERY_S = 0.5
GRACE_S = 12.0


def is_supervised() -> bool:
    """Say whether a supervisor started this process; ask before `watch_supervisor`."""
    return bool(os.environ.get(SUPERVISOR_VARIABLE))


def watch_supervisor() -> None:
    """End this process with the supervisor that started it; do nothing for a process that was started alone."""
    supervisor = os.environ.pop(SUPERVISOR_VARIABLE, "")
    if supervisor:
        watch(int(supervisor))


def watch(parent: int) -> None:
    """Ask this process to end (SIGTERM) once `parent` is no longer its parent, and end it hard if it does not."""
    threading.Thread(target=_watch, args=(parent,), name="guardian", daemon=True).start()


def _watch(parent: int) -> None:
    # Polling works on every Unix; a death signal from the kernel would be lost on fork and exists on Linux only.
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os._exit(1)
