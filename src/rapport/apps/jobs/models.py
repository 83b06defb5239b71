"""Tables beside the queue: who works on a job until when, how often it was tried, and when schedules are due."""

from django.db import models
from django_tasks_db.models import DBTaskResult


class Job(models.Model):
    """What the queue's own row cannot say about one job; made in the same write as that row."""

    task = models.OneToOneField(DBTaskResult, on_delete=models.CASCADE, primary_key=True, related_name="+")
    key = models.CharField(max_length=200, blank=True)
    # The key again while the job waits, and while it runs: unique, so that at most one waits and at most one runs.
    pending_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - NULL is what unique ignores
    running_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - NULL is what unique ignores
    attempts = models.PositiveIntegerField(default=0)
    worker_id = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    is_superseded = models.BooleanField(default=False)
    last_error = models.TextField(blank=True)
    progress_done = models.PositiveBigIntegerField(null=True)
    progress_total = models.PositiveBigIntegerField(null=True)
    progress_message = models.CharField(max_length=200, blank=True)

    class Meta:
        """Read by lease, to find what a dead worker left behind."""

        indexes = (
            models.Index(fields=("lease_until",), condition=~models.Q(worker_id=""), name="job_lease"),
            models.Index(fields=("key",), condition=~models.Q(key=""), name="job_key"),
        )

    def __str__(self) -> str:
        """Name the work."""
        return f"{self.task.task_path} {self.task_id}"


class DueSchedule(models.Model):
    """When a schedule is due next; advancing this moment is what claims the tick."""

    name = models.CharField(primary_key=True, max_length=64)
    rhythm = models.CharField(max_length=64)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name the schedule."""
        return f"{self.name} ({self.rhythm})"
