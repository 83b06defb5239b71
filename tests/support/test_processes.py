"""A killed group is waited for until its last thread has ended."""

import os
import signal
import subprocess
import sys

import pytest

from tests.support.processes import wait_for_group

# The first thread ends and is seen as a process that has ended; the other still holds what is open.
HALF_ENDED = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print("begun", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_thread_that_outlives_the_first_is_waited_for() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HALF_ENDED], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        with pytest.raises(AssertionError, match="do not end"):
            wait_for_group(process.pid, patience_s=0.3)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wait_for_group(process.pid)
