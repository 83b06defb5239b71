"""Seldom work of the lake is done by a process of its own, which ends; the worker that ordered it stays small."""

import json
import os
import subprocess
import sys
from pathlib import Path

from rapport.kit.clock import now, to_ms
from rapport.lake.position import unread_segments
from rapport.lake.questions.lake import Lake
from tests.lake.conftest import seal_into
from tests.lake.traffic import click

AS_A_WORKER = """
import json, sys
from rapport.config.cli.options import load_django
load_django()
from rapport.config.apart import run_seldom_work_apart
from rapport.flows import tasks
run_seldom_work_apart()
tasks.ingest_clicks.call()
print(json.dumps("deltalake" in sys.modules))
"""


def ingest_as_worker(data: Path) -> subprocess.CompletedProcess[str]:
    """Do the job as the role `worker` does it."""
    return subprocess.run(
        [sys.executable, "-c", AS_A_WORKER],
        env={**os.environ, "RAPPORT_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_click_now_and_then_gets_into_the_lake_and_the_worker_does_not_load_it(tmp_path: Path) -> None:
    seal_into(tmp_path / "journal", [click(at_ms=to_ms(now()))])
    done = ingest_as_worker(tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) is False
    assert unread_segments(journal=tmp_path / "journal", lake=tmp_path / "lake") == []
    assert Lake(tmp_path / "lake").totals().gross == 1


def test_what_fails_there_fails_the_job_here_and_says_why(tmp_path: Path) -> None:
    seal_into(tmp_path / "journal", [click(at_ms=to_ms(now()))])
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "clicks").write_text("a file where a folder should be")
    done = ingest_as_worker(tmp_path)
    assert done.returncode == 1
    assert "CalledProcessError" in done.stderr
    assert f"{tmp_path}/lake/clicks" in done.stderr
