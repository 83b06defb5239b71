"""The worker: takes jobs as they fall due, keeps its leases, recovers what dead workers left, starts schedules."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django_tasks.base import TaskContext
from django_tasks.utils import normalize_json

from rapport.apps.jobs import actions, queries
from rapport.apps.jobs.errors import JobInterrupted
from rapport.apps.jobs.lookout import Lookout
from rapport.apps.jobs.models import Job
from rapport.apps.jobs.presence import Presence, dead_workers, forget
from rapport.apps.jobs.progress import Attempt, attempting
from rapport.apps.jobs.pulse import Beat, beat
from rapport.apps.jobs.renewal import Renewal
from rapport.apps.jobs.schedule import Schedule
from rapport.kit.clock import now

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

POLL_S = 0.2  # a fresh job waits half of this on average
QUIET_POLL_S = 0.5  # where nothing was to do for a while; what the clock starts need not wait for it
QUIET_AFTER_S = 5.0
TEND_S = 1.0  # leases and schedules: a link that changed must reach the edge within two seconds
RECOVER_S = 2.0
RENEW_S = 4.0
# After this a stopping worker leaves its running jobs to others.
GRACE_S = 8.0
DATABASE_AWAY_S = 1.0

ALL_QUEUES = ("default", "long")
SHORT_QUEUES = ("default",)


@dataclass
class Worker:
    """Runs up to `places` jobs at once in threads; the last free place is kept for short jobs."""

    folder: Path
    places: int
    schedules: tuple[Schedule, ...] = ()
    watched: tuple[Path, ...] = ()
    """Folders in which something new may be work."""
    grace_s: float = GRACE_S
    stopping: threading.Event = field(default_factory=threading.Event)
    renewal: Renewal = field(default_factory=Renewal)

    def __post_init__(self) -> None:
        Schedule.check(self.schedules)
        self._presence = Presence(self.folder)
        self._running: set[Job] = set()
        self._renewed_s = self._recovered_s = 0.0
        self._lookout = Lookout()
        self._empty_at: Beat | None = None  # the beat at which no job waited, not even for later
        self._bell = threading.Event()  # the clock has put a job into the queue
        self._took_s = time.monotonic()
        self.is_outgrown = False

    @property
    def worker_id(self) -> str:
        """The name under which this worker holds leases."""
        return self._presence.worker_id

    def run(self) -> bool:
        """Work until `stopping` is set; return whether all jobs ended, else threads of handed-back jobs still run.

        A quiet worker that large jobs have left grown stops by itself, with `is_outgrown` set: begin anew then.
        """
        log.info("worker %s takes jobs, %s at a time", self.worker_id, self.places)
        tender = threading.Thread(target=self._tend_until_stopped, name="tender", daemon=True)
        tender.start()
        pool = ThreadPoolExecutor(max_workers=self.places, thread_name_prefix="job")
        was_rung = False
        while not self.stopping.is_set():
            if not surviving(self._take_one, pool):
                was_rung = self._wait_for_work()
            elif not was_rung:  # a job that people or shops gave: more may follow, and they wait for it
                self._took_s = time.monotonic()
        pool.shutdown(wait=False)
        tender.join()
        return self._finish_or_hand_back()

    def _wait_for_work(self) -> bool:
        """Return when it is time to look again; say whether the clock has put a job there."""
        if not self._running and self.renewal.is_due():
            self.is_outgrown = True
            self.stopping.set()
        is_quiet = time.monotonic() - self._took_s > QUIET_AFTER_S
        was_rung = self._bell.wait(QUIET_POLL_S if is_quiet else POLL_S)
        self._bell.clear()
        return was_rung

    def _take_one(self, pool: ThreadPoolExecutor) -> bool:
        free = self.places - len(self._running)
        if not free or self._queue_is_empty():
            return False
        queues = ALL_QUEUES if free > 1 else SHORT_QUEUES
        job = actions.claim_job(worker_id=self.worker_id, at=now(), queues=queues)
        if job is None:
            return False
        self._running.add(job)
        pool.submit(self._run, job)
        return True

    def _queue_is_empty(self) -> bool:
        seen = beat()
        if seen is not None and seen == self._empty_at:
            return True
        is_empty = not queries.some_job_is_ready()
        self._empty_at = seen if is_empty else None
        return is_empty

    def _run(self, job: Job) -> None:
        close_old_connections()
        outcome = _outcome_of(job, attempt=self._attempt(job))
        if isinstance(outcome, BaseException):
            log.warning("job %s: %s: %s", job, type(outcome).__name__, outcome, exc_info=outcome)
        try:
            until_stored(lambda: actions.finish_job(job=job, outcome=outcome, at=now()))
        finally:
            self._running.discard(job)
            close_old_connections()

    def _attempt(self, job: Job) -> Attempt:
        def write(progress: queries.Progress) -> None:
            actions.report_progress(job=job, progress=progress)

        return Attempt(stopping=self.stopping, write=write)

    def _tend_until_stopped(self) -> None:
        while True:
            surviving(self._tend)
            if self.stopping.wait(TEND_S):
                connection.close()
                return

    def _tend(self) -> None:
        """Do what must happen beside the jobs: renew, recover, start what is due."""
        if self._running and time.monotonic() - self._renewed_s > RENEW_S:
            actions.renew_leases(worker_id=self.worker_id, at=now())
            self._renewed_s = time.monotonic()
        if time.monotonic() - self._recovered_s > RECOVER_S:
            self._recover()
            self._recovered_s = time.monotonic()
        seen = beat(self.watched)
        for schedule in self.schedules:
            if surviving(self._lookout.look_at, schedule, seen):
                self._bell.set()

    def _recover(self) -> None:
        dead = dead_workers(self.folder)
        for job in queries.lapsed_jobs(at=now(), dead_workers=dead):
            if actions.recover_job(job=job, at=now()):
                log.warning("job %s was left behind by worker %s", job.pk, job.worker_id)
        for worker_id in dead:
            forget(self.folder, worker_id)

    def _finish_or_hand_back(self) -> bool:
        """Give running jobs a moment to end; return whether all did, else they belong to other workers now."""
        deadline_s = time.monotonic() + self.grace_s
        while self._running and time.monotonic() < deadline_s:
            time.sleep(POLL_S / 4)
        left = tuple(self._running)
        for job in left:
            actions.finish_job(job=job, outcome=JobInterrupted(), at=now())
            log.warning("job %s goes back into the queue: this worker stops", job)
        self._presence.leave()
        return not left


def _outcome_of(job: Job, *, attempt: Attempt) -> object:
    """Run the job; return its value, or the exception that ended it."""
    try:
        with attempting(attempt):
            return normalize_json(_call(job))
    except BaseException as error:  # noqa: BLE001 - whatever ends a job ends that job alone
        return error


def _call(job: Job) -> object:
    # Any: a task is typed by its own arguments, and these come out of the queue as JSON.
    task: Any = job.task.task
    result: Any = job.task.task_result
    context = (TaskContext(task_result=result),) if task.takes_context else ()
    value: object = task.call(*context, *result.args, **result.kwargs)
    return value


def until_stored(store: Callable[[], bool]) -> None:
    """Store an outcome even if the database is away for a moment; once the lease is over the job runs again anyway."""
    deadline_s = time.monotonic() + actions.LEASE.total_seconds()
    while True:
        try:
            if not store():
                log.warning("the outcome of a job came too late: its lease was over")
        except (DatabaseError, InterfaceError):
            if time.monotonic() > deadline_s:
                raise
            connection.close()
            time.sleep(DATABASE_AWAY_S)
        else:
            return


def surviving(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Call and outlive what fails: a database that is away, a mistake in one schedule."""
    try:
        return act(*args, **kwargs)
    except (DatabaseError, InterfaceError) as problem:
        log.warning("the database does not answer: %s", str(problem).strip())
    except Exception:
        log.exception("the worker goes on after a failure")
    connection.close()
    time.sleep(DATABASE_AWAY_S)
    return None
