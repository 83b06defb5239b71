"""Reads about jobs: what is due, what runs, what failed, and the figures of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from rapport.apps.jobs.models import DueSchedule, Intention, IntentionState, Job
from rapport.apps.record.asking import composed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job is; `total` is unknown for some."""

    done: int
    total: int | None
    message: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as pages and the command line show it."""

    job_id: str
    name: str
    queue: str
    state: str
    attempts: int
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    traceback: str
    arguments: dict[str, object]
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class JobFigures:
    """The queue in numbers: `waiting` are due, `later` are not due yet; the age is that of the oldest due job."""

    waiting: int
    later: int
    running: int
    failed: int
    oldest_waiting_s: float


def due_jobs(*, at: datetime, queues: tuple[str, ...]) -> QuerySet[Job]:
    """Return jobs that may start now, most urgent first; never one whose key is being worked on."""
    same_key_runs = Job.objects.filter(running_key=OuterRef("key"))
    return (
        Job.objects.filter(_is_due(at), task__status=TaskResultStatus.READY, task__queue_name__in=queues, worker_id="")
        .exclude(Exists(same_key_runs))
        .select_related("task")
        .order_by(F("task__priority").desc(), "task__run_after", "task__enqueued_at")
    )


def some_job_is_ready() -> bool:
    """Say whether any job waits, due or not: asked several times a second, and mostly the answer is no."""
    return bool(_ready(status=TaskResultStatus.READY.value))


@composed
def _ready(status: str) -> QuerySet[DBTaskResult[Any, Any], UUID]:
    return DBTaskResult.objects.filter(status=status).values_list("pk", flat=True)[:1]


def failed_jobs(*, limit: int = 100) -> list[JobRow]:
    """Return jobs that were given up, the latest first."""
    failed = _failed().select_related("task").order_by("-task__finished_at")
    return [row_of(job) for job in failed[:limit]]


def running_jobs() -> list[JobRow]:
    """Return jobs that a worker is busy with, the oldest first."""
    running = Job.objects.filter(task__status=TaskResultStatus.RUNNING).select_related("task")
    return [row_of(job) for job in running.order_by("task__started_at")]


def job_row(job_id: str) -> JobRow | None:
    """Return one job, whatever its state."""
    job = Job.objects.filter(pk=job_uuid(job_id)).select_related("task").first()
    return row_of(job) if job else None


def job_figures(*, at: datetime) -> JobFigures:
    """Return the figures of the queue."""
    ready = Job.objects.filter(task__status=TaskResultStatus.READY)
    due = ready.filter(_is_due(at))
    oldest = due.order_by("task__enqueued_at").values_list("task__enqueued_at", flat=True).first()
    waiting = due.count()
    return JobFigures(
        waiting=waiting,
        later=ready.count() - waiting,
        running=Job.objects.filter(task__status=TaskResultStatus.RUNNING).count(),
        failed=_failed().count(),
        oldest_waiting_s=(at - oldest).total_seconds() if oldest else 0.0,
    )


def lapsed_jobs(*, at: datetime, dead_workers: list[str]) -> list[Job]:
    """Return running jobs whose lease ran out or whose worker is known to be dead."""
    if not _held(worker_id=""):
        return []
    lapsed = Q(lease_until__lt=at) | Q(worker_id__in=dead_workers)
    return list(Job.objects.filter(lapsed).exclude(worker_id=""))


@composed
def _held(worker_id: str) -> QuerySet[Job, UUID]:
    return Job.objects.exclude(worker_id=worker_id).values_list("pk", flat=True)[:1]


def schedules() -> QuerySet[DueSchedule]:
    """Return what is known of every schedule, the next due first."""
    return DueSchedule.objects.order_by("next_at")


def intentions_at(place: str) -> QuerySet[Intention]:
    """Return the intentions about things that belong there, newest first."""
    return Intention.objects.filter(place=place).order_by("-id")


def intentions_about(place: str, *, act: str, run: str) -> QuerySet[Intention]:
    """Return the intentions of one act that a run of a file led to, newest first."""
    return intentions_at(place).filter(act=act, arguments__run=run)


def due_intentions(*, at: datetime) -> QuerySet[Intention]:
    """Return the intentions that the worker has to do or to take back by now, oldest first."""
    waiting = (IntentionState.INTENDED, IntentionState.UNDOING)
    return Intention.objects.filter(state__in=waiting, due_at__lte=at).order_by("due_at", "id")


def some_intention_waits() -> bool:
    """Say whether any intention is to be done or taken back, due or not: mostly the answer is no."""
    return bool(_waiting(states=(IntentionState.INTENDED.value, IntentionState.UNDOING.value)))


@composed
def _waiting(states: Sequence[str]) -> QuerySet[Intention, str]:
    return Intention.objects.filter(state__in=states).values_list("id", flat=True)[:1]


def finished_before(*, succeeded: datetime, failed: datetime) -> QuerySet[DBTaskResult[Any, Any]]:
    """Return finished rows old enough to be forgotten."""
    return DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=succeeded)
        | Q(status=TaskResultStatus.FAILED, finished_at__lt=failed)
    )


def job_uuid(job_id: str) -> UUID | None:
    """Return the id as the queue stores it; None for a text that cannot be one."""
    try:
        return UUID(job_id)
    except ValueError:
        return None


def _is_due(at: datetime) -> Q:
    # The queue writes its last possible day for "at once".
    return Q(task__run_after__lte=at) | Q(task__run_after=get_date_max())


def _failed() -> QuerySet[Job]:
    return Job.objects.filter(task__status=TaskResultStatus.FAILED, is_superseded=False)


def row_of(job: Job) -> JobRow:
    """Return one job as others see it."""
    task = job.task
    return JobRow(
        job_id=str(task.id),
        name=task.task_path,
        queue=task.queue_name,
        state=task.status,
        attempts=job.attempts,
        enqueued_at=task.enqueued_at,
        started_at=task.started_at,
        finished_at=task.finished_at,
        error=job.last_error,
        traceback=task.traceback,
        arguments=task.args_kwargs,
        progress=_progress(job),
    )


def _progress(job: Job) -> Progress | None:
    if job.progress_done is None:
        return None
    return Progress(done=job.progress_done, total=job.progress_total, message=job.progress_message)
