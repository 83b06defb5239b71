"""Runs one real worker for a test: `worker_process.py FOLDER PLACES`, on the database that the environment names."""

import signal
import sys
from pathlib import Path

import django

django.setup()

from rapport.apps.jobs.worker import Worker  # noqa: E402 - models can be imported only after Django is awake

worker = Worker(folder=Path(sys.argv[1]), places=int(sys.argv[2]), grace_s=2)
signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
print(worker.worker_id, flush=True)  # noqa: T201 - the test waits for this line
sys.exit(0 if worker.run() else 3)
