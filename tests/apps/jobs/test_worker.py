"""Real workers in real processes: how soon they begin, that nothing is done twice or lost, however they end."""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from django.db import InterfaceError, OperationalError, connection

from rapport.apps.jobs import actions, queries, worker
from rapport.apps.jobs.renewal import QUIET_S, Renewal
from rapport.apps.jobs.schedule import Schedule
from rapport.apps.record.write import transaction
from rapport.kit.clock import now
from tests.apps.jobs import sample_jobs
from tests.support.databases import FreshDatabase

PROGRAM = Path(__file__).with_name("worker_process.py")
ROOT = Path(__file__).resolve().parents[3]

StartWorker = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start_worker(fresh_database: FreshDatabase, tmp_path: Path) -> Iterator[StartWorker]:
    """Return a function that starts a worker and waits until it takes jobs."""
    started: list[subprocess.Popen[str]] = []

    def start(places: int = 3) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "RAPPORT_DATABASE_URL": fresh_database.url}
        command = [sys.executable, str(PROGRAM), str(tmp_path / "workers"), str(places)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline(), "the worker did not start"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    connection.close()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The file that the jobs of a story write to."""
    return tmp_path / "page"


def wait_for(is_so: Callable[[], bool], *, within_s: float = 20) -> None:
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, "it never came to that"
        time.sleep(0.02)


def states() -> dict[str, int]:
    figures = queries.job_figures(at=now())
    return {"waiting": figures.waiting + figures.later, "running": figures.running, "failed": figures.failed}


IDLE = {"waiting": 0, "running": 0, "failed": 0}


def test_a_fresh_job_begins_within_a_blink(start_worker: StartWorker, page: Path) -> None:
    work_s = _seconds_of_one_job()
    start_worker()
    for _ in range(9):
        sample_jobs.note_when.enqueue(str(page), time.time())
        time.sleep(0.2)
    wait_for(lambda: len(sample_jobs.lines(page)) == 9)
    # A machine that is busy with other things cannot be quicker than its own work allows.
    assert statistics.median(map(float, sample_jobs.lines(page))) < max(0.3, 12 * work_s)


def _seconds_of_one_job() -> float:
    began_s = time.monotonic()
    for number in range(5):
        sample_jobs.publish.enqueue(f"prg_{number}")
        job = actions.claim_job(worker_id="w", at=now(), queues=("default",))
        assert job is not None
        actions.finish_job(job=job, outcome=None, at=now())
    return (time.monotonic() - began_s) / 5


def test_two_workers_do_sixty_jobs_once_each(start_worker: StartWorker, page: Path) -> None:
    for number in range(60):
        sample_jobs.note.enqueue(str(page), str(number))
    start_worker()
    start_worker()
    wait_for(lambda: states() == IDLE)
    assert sorted(sample_jobs.lines(page), key=int) == [str(number) for number in range(60)]


def test_a_job_whose_worker_is_killed_is_done_by_the_next_one(start_worker: StartWorker, page: Path) -> None:
    result = sample_jobs.take_long.enqueue(str(page), 3)
    first = start_worker()
    wait_for(lambda: len(sample_jobs.lines(page)) == 1)
    first.kill()
    first.wait()
    killed_s = time.monotonic()
    second = start_worker()
    wait_for(lambda: len(sample_jobs.lines(page)) == 3)
    assert sample_jobs.lines(page) == [f"begin {first.pid}", f"begin {second.pid}", "end"]
    assert time.monotonic() - killed_s < 10 + 3
    wait_for(lambda: states() == IDLE)
    row = queries.job_row(result.id)
    assert row is not None
    assert row.attempts == 2


def test_workers_killed_at_random_moments_lose_no_job(start_worker: StartWorker, page: Path) -> None:
    for number in range(40):
        sample_jobs.note.enqueue(str(page), str(number))
    for number in range(3):
        process = start_worker()
        time.sleep(0.1 * number)
        process.kill()
        process.wait()
    start_worker()
    wait_for(lambda: states() == IDLE)
    assert {int(line) for line in sample_jobs.lines(page)} == set(range(40))


def test_a_stopping_worker_finishes_what_it_began(start_worker: StartWorker, page: Path) -> None:
    sample_jobs.take_long.enqueue(str(page), 1)
    process = start_worker()
    wait_for(lambda: len(sample_jobs.lines(page)) == 1)
    sample_jobs.note.enqueue(str(page), "not begun any more")
    time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert "end" in sample_jobs.lines(page)
    assert states()["running"] == 0


def test_a_stopping_worker_interrupts_a_job_that_reports_progress(start_worker: StartWorker, page: Path) -> None:
    sample_jobs.walk.enqueue(str(page), 1000)
    process = start_worker()
    wait_for(lambda: bool(queries.running_jobs()) and queries.running_jobs()[0].progress is not None)
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 0
    assert states() == {"waiting": 1, "running": 0, "failed": 0}
    assert sample_jobs.lines(page) == []


def test_a_worker_that_cannot_wait_any_longer_hands_its_job_back(start_worker: StartWorker, page: Path) -> None:
    sample_jobs.take_long.enqueue(str(page), 60)
    process = start_worker()
    wait_for(lambda: len(sample_jobs.lines(page)) == 1)
    process.send_signal(signal.SIGTERM)
    wait_for(lambda: states() == {"waiting": 1, "running": 0, "failed": 0}, within_s=12)


def test_a_job_that_failed_is_tried_again(start_worker: StartWorker, page: Path) -> None:
    sample_jobs.fail_first_time.enqueue(str(page))
    start_worker()
    wait_for(lambda: len(sample_jobs.lines(page)) == 2)
    wait_for(lambda: states() == IDLE)


def test_a_value_that_cannot_be_stored_fails_the_job_and_not_the_worker(start_worker: StartWorker, page: Path) -> None:
    result = sample_jobs.answer_with_a_moment.enqueue()
    start_worker()
    wait_for(lambda: "TypeError" in (getattr(queries.job_row(result.id), "error", "")))
    sample_jobs.note.enqueue(str(page), "still at work")
    wait_for(lambda: sample_jobs.lines(page) == ["still at work"])


def test_a_long_job_never_takes_the_last_place(start_worker: StartWorker, page: Path) -> None:
    for _ in range(3):
        sample_jobs.import_file.enqueue(str(page), 4)
    start_worker(places=2)
    wait_for(lambda: sample_jobs.lines(page) == ["import begins"])
    sample_jobs.note.enqueue(str(page), "short")
    wait_for(lambda: "short" in sample_jobs.lines(page), within_s=3.5)
    assert sample_jobs.lines(page) == ["import begins", "short"]


def test_a_running_job_keeps_nobody_from_writing(start_worker: StartWorker, page: Path) -> None:
    sample_jobs.take_long.enqueue(str(page), 4)
    start_worker()
    wait_for(lambda: len(sample_jobs.lines(page)) == 1)
    with transaction():
        sample_jobs.publish.enqueue("prg_1")
    assert sample_jobs.lines(page)[-1] != "end"
    assert actions.claim_job(worker_id="w", at=now(), queues=("long",)) is None


def test_a_worker_outlives_a_database_that_is_away_and_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "DATABASE_AWAY_S", 0.0)
    for problem in (OperationalError("the server closed the connection"), InterfaceError("closed"), KeyError("slip")):
        assert worker.surviving(_raise, problem) is None
    assert worker.surviving(str.upper, "goes on") == "GOES ON"


@pytest.mark.django_db
def test_an_outcome_is_stored_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "DATABASE_AWAY_S", 0.0)
    answers: list[Exception | bool] = [OperationalError("away"), InterfaceError("away"), False]

    def store() -> bool:
        answer = answers.pop(0)
        return _raise(answer) if isinstance(answer, Exception) else answer

    worker.until_stored(store)
    assert answers == []


@pytest.mark.django_db
def test_an_outcome_that_cannot_be_stored_is_left_to_the_next_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LEASE", timedelta(0))
    with pytest.raises(OperationalError):
        worker.until_stored(lambda: _raise(OperationalError("away for good")))


def test_one_process_does_its_jobs_and_ends(fresh_database: FreshDatabase, page: Path, tmp_path: Path) -> None:
    schedule = Schedule(name="hourly", task_path="tests.apps.jobs.sample_jobs.refuse", every_seconds=3600)
    here = worker.Worker(folder=tmp_path / "workers", places=2, schedules=(schedule,), grace_s=0.5)
    (tmp_path / "workers" / "long-dead").touch()
    sample_jobs.note.enqueue(str(page), "done here")
    sample_jobs.note.using(priority=-1).enqueue(str(page), line="and here")
    abandoned = actions.claim_job(worker_id="long-dead", at=now(), queues=("default",))
    thread = threading.Thread(target=here.run)
    thread.start()
    wait_for(lambda: len(sample_jobs.lines(page)) == 2 and queries.job_figures(at=now()).failed == 1)
    wait_for(lambda: states()["waiting"] == 0)
    here.stopping.set()
    thread.join()
    assert abandoned is not None
    assert list((tmp_path / "workers").iterdir()) == [], fresh_database.engine


def test_a_quiet_worker_that_has_grown_stops_to_begin_anew(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    held_mb, now_s = [100.0, 200.0], [0.0]
    renewal = Renewal(resident=lambda: held_mb.pop(0), timer=lambda: now_s[0], computed=float)
    here = worker.Worker(folder=tmp_path / "workers", places=2, renewal=renewal)
    thread = threading.Thread(target=here.run)
    thread.start()
    now_s[0] += QUIET_S + 1
    thread.join(timeout=20)
    assert here.is_outgrown, fresh_database.engine
    assert not thread.is_alive()


def _raise(problem: Exception) -> NoReturn:
    raise problem
