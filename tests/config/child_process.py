"""A role for the supervisor's stories: `child_process.py ROLE`, which does what its name says."""

import os
import signal
import sys
import time
from pathlib import Path

from rapport.config.guardian import watch_supervisor

watch_supervisor()
role = sys.argv[1]
with Path(os.environ["CHILD_LOG"]).open("ab", buffering=0) as log:
    log.write(f"{role} {os.getpid()}\n".encode())
if role == "fails":
    sys.exit(7)
if role == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if role == "done":
    print("it is done")  # noqa: T201 - the supervisor hears it
    sys.exit(0)
time.sleep(120)
