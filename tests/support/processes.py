"""Lets a program that a test starts end with the test run, however that ends."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1

# Loaded here, because between fork and exec a child may not load libraries.
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """Ask Linux to terminate this process when the one that started it is gone; for `preexec_fn`."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
