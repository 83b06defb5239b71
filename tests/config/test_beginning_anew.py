"""A worker that has grown becomes a fresh one in the same process, under the same supervisor."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.test_up import wait_for
from tests.support.databases import FreshDatabase

ANEW = "from rapport.config.cli.roles import _begin_anew; _begin_anew(supervised={supervised})"


@pytest.mark.parametrize("supervised", [True, False])
def test_the_process_goes_on_as_a_worker(fresh_database: FreshDatabase, tmp_path: Path, *, supervised: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ANEW.format(supervised=supervised)],
        env={**os.environ, "RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": fresh_database.url},
        stderr=subprocess.PIPE,
        text=True,
    )
    workers = tmp_path / "workers"
    try:
        wait_for(lambda: workers.is_dir() and any(workers.iterdir()))
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        assert command[-1] == b"worker"
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert list(workers.iterdir()) == [], "it left as a worker does"
