"""Writes about jobs: enqueue, claim, keep, finish, recover, run again, forget."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.db import transaction as database_transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.backend import TaskResult
from django_tasks_db.models import DBTaskResult, get_date_max

from rapport.apps.jobs import queries
from rapport.apps.jobs.errors import JobInterrupted, JobNotFailed, JobNotFound, SameJobWaits
from rapport.apps.jobs.models import DueSchedule, Job
from rapport.apps.jobs.retry import JobTask
from rapport.apps.jobs.schedule import Schedule
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction

# A worker renews its leases every few seconds; one that missed several renewals is taken for dead.
LEASE = timedelta(seconds=20)
KEEP_SUCCEEDED = timedelta(days=2)
KEEP_FAILED = timedelta(days=90)
FORGET_AT_ONCE = 500

Result = TaskResult[Any, Any]


def enqueue_job(*, key: str, at_once: bool, store: Callable[[], Result]) -> Result:
    """Store a job in the caller's transaction, or join the one that waits under the same key."""
    with transaction():
        while True:
            if key and (waiting := _lock_waiting(key)):
                return _join(waiting, at_once=at_once)
            try:
                with database_transaction.atomic():
                    return _store(key, store)
            except IntegrityError:
                # Another transaction stored the same key first (PostgreSQL): it has ended now, look again.
                continue


def claim_job(*, worker_id: str, at: datetime, queues: tuple[str, ...]) -> Job | None:
    """Take the most urgent job that is due, under a lease; None when there is none."""
    if not queries.due_jobs(at=at, queues=queues).exists():
        return None  # the common case costs one read and no lock
    try:
        with transaction():
            job = queries.due_jobs(at=at, queues=queues).select_for_update(skip_locked=True).first()
            return _claim(job, worker_id=worker_id, at=at) if job else None
    except IntegrityError:
        return None  # another worker began a job of the same key in this very moment


def renew_leases(*, worker_id: str, at: datetime) -> int:
    """Say that the worker is alive; return how many jobs it holds."""
    with transaction():
        return Job.objects.filter(worker_id=worker_id).update(lease_until=at + LEASE)


def report_progress(*, job: Job, progress: queries.Progress) -> None:
    """Store how far a job is, unless its worker no longer holds it."""
    with transaction():
        Job.objects.filter(pk=job.pk, worker_id=job.worker_id).update(
            progress_done=progress.done, progress_total=progress.total, progress_message=progress.message[:200]
        )


def finish_job(*, job: Job, outcome: object, at: datetime) -> bool:
    """Store how an attempt ended (a value or an exception); False when the job was taken from this worker meanwhile."""
    with transaction():
        held = _lock_held(job)
        if held is None:
            return False
        if isinstance(outcome, JobInterrupted):
            held.attempts -= 1
            _wait_again(held, at=at)
        elif isinstance(outcome, BaseException):
            _fail_attempt(held, error=outcome, at=at)
        else:
            held.task.set_successful(outcome)
            _release(held)
    return True


def recover_job(*, job: Job, at: datetime) -> bool:
    """Take a job back from a dead worker: it waits again, or is given up after its last attempt."""
    with transaction():
        held = _lock_held(job)
        if held is None or held.lease_until != job.lease_until:
            return False  # somebody was faster, or the worker lives after all
        _fail_attempt(held, error=ConnectionAbortedError("The worker ended in the middle of this job."), at=at)
    return True


def run_job_again(*, by: Actor, at: datetime, job_id: str) -> queries.JobRow:
    """Give a failed job all its attempts again, at once."""
    with transaction():
        job = Job.objects.select_for_update().select_related("task").filter(pk=queries.job_uuid(job_id)).first()
        if job is None:
            raise JobNotFound(job_id)
        if job.task.status != TaskResultStatus.FAILED:
            raise JobNotFailed(job_id)
        if job.key and _lock_waiting(job.key):
            raise SameJobWaits(job.key)
        job.attempts = 0
        _wait_again(job, at=at)
        audit(by=by, at=at, action="job.run_again", subject=f"job_{job.task_id.hex}"[:64])
        return queries.row_of(job)


def take_tick(*, schedule: Schedule, at: datetime) -> bool:
    """Start the schedule's job if it is due and nobody else did; both writes are one."""
    with transaction():
        known, _ = DueSchedule.objects.get_or_create(
            name=schedule.name, defaults={"rhythm": schedule.rhythm, "next_at": schedule.first_at(now=at)}
        )
        if known.rhythm != schedule.rhythm:
            DueSchedule.objects.filter(pk=known.pk).update(rhythm=schedule.rhythm, next_at=schedule.first_at(now=at))
            return False
        # Two schedulers may both see a due tick: the row's old moment lets one of them advance it.
        taken = DueSchedule.objects.filter(pk=known.pk, next_at=known.next_at, next_at__lte=at).update(
            next_at=schedule.next_at(now=at), last_at=at
        )
        if taken:
            schedule.start()
        return bool(taken)


def forget_schedules(*, except_for: list[str]) -> int:
    """Remove what is known of schedules that no longer exist."""
    with transaction():
        return DueSchedule.objects.exclude(name__in=except_for).delete()[0]


def forget_jobs(*, at: datetime) -> int:
    """Remove finished jobs past their time, in short transactions; return how many."""
    old = queries.finished_before(succeeded=at - KEEP_SUCCEEDED, failed=at - KEEP_FAILED)
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE]):
        with transaction():
            DBTaskResult.objects.filter(pk__in=ids).delete()
        forgotten += len(ids)
    return forgotten


def _store(key: str, store: Callable[[], Result]) -> Result:
    result = store()
    Job.objects.create(task_id=result.db_result.pk, key=key, pending_key=key or None)
    return result


def _lock_waiting(key: str) -> Job | None:
    """Return the waiting job of this key, locked: no worker can begin it before the caller's facts are committed."""
    return Job.objects.select_for_update(of=("self",)).select_related("task").filter(pending_key=key).first()


def _join(waiting: Job, *, at_once: bool) -> Result:
    """Let the waiting job do the caller's work too; one that waits for its next attempt need not wait any longer."""
    if at_once and waiting.task.run_after != get_date_max():
        waiting.task.run_after = get_date_max()
        waiting.task.save(update_fields=["run_after"])
    return waiting.task.task_result


def _claim(job: Job, *, worker_id: str, at: datetime) -> Job:
    job.task.claim(worker_id)
    job.attempts += 1
    job.worker_id, job.lease_until = worker_id, at + LEASE
    job.pending_key, job.running_key = None, job.key or None
    job.progress_done = job.progress_total = None
    job.progress_message = ""
    job.save()
    return job


def _lock_held(job: Job) -> Job | None:
    """Return the job locked, if this very attempt of it is still the one that counts."""
    return (
        Job.objects.select_for_update()
        .select_related("task")
        .filter(pk=job.pk, worker_id=job.worker_id, attempts=job.attempts, task__status=TaskResultStatus.RUNNING)
        .first()
    )


def _fail_attempt(job: Job, *, error: BaseException, at: datetime) -> None:
    """Try again after a while, or give up: a refusal of the business does not change by asking again."""
    job.last_error = f"{type(error).__name__}: {error}"
    task = _task_of(job)
    if task is None or isinstance(error, Refusal) or job.attempts > task.retries:
        _give_up(job, error=error)
    else:
        wait_s = task.wait_s(attempt=job.attempts, chance=random.random())  # noqa: S311 - spreads load, guards nothing
        _wait_again(job, at=at + timedelta(seconds=wait_s))


def _task_of(job: Job) -> JobTask[Any, Any] | None:
    """Return the task as the code now defines it; None when the code no longer has it."""
    try:
        task: object = job.task.task
    except (ImportError, SuspiciousOperation):
        return None
    return task if isinstance(task, JobTask) else None


def _wait_again(job: Job, *, at: datetime) -> None:
    """Put the job back into the queue, unless a newer one of the same key waits there and will do the work."""
    if job.key and _lock_waiting(job.key):
        job.is_superseded = True
        _give_up(job, error=SameJobWaits(job.key))
        return
    job.pending_key, job.is_superseded = job.key or None, False
    job.task.status, job.task.run_after = TaskResultStatus.READY, at
    job.task.started_at = job.task.finished_at = None
    job.task.save(update_fields=["status", "run_after", "started_at", "finished_at"])
    _release(job)


def _give_up(job: Job, *, error: BaseException) -> None:
    job.task.set_failed(error)
    _release(job)


def _release(job: Job) -> None:
    """Let go of the job; whoever wants it may take it."""
    job.worker_id, job.lease_until, job.running_key = "", None, None
    job.save()
