"""Tables beside the queue: who works on a job until when, when schedules are due, and what people intend."""

from django.db import models
from django.utils.translation import gettext_lazy as _
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


class IntentionState(models.TextChoices):
    """Where an intention stands."""

    INTENDED = "intended", _("About to happen")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Undone")


class Intention(models.Model):
    """What a person wants done to some things, a few seconds before the worker does it: time to change one's mind.

    `subjects` are public ids; `outcomes` says of each that was reached why it was refused (empty: it was done), so
    that a worker killed in the middle goes on where it stopped; `taken_back` says the same of taking it back, which
    `undone_by` asked for. `place` is the public id of where all of it belongs.
    """

    id = models.CharField(primary_key=True, max_length=32)
    act = models.CharField(max_length=32)
    place = models.CharField(max_length=32)
    arguments = models.JSONField(default=dict)
    subjects = models.JSONField()
    outcomes = models.JSONField(default=dict)
    taken_back = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=IntentionState, default=IntentionState.INTENDED)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    undone_by_kind = models.CharField(max_length=8, blank=True, default="")
    undone_by_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        """Read by place, newest first, and by what is due."""

        indexes = (
            models.Index(fields=("place", "id"), name="intention_place"),
            models.Index(
                fields=("due_at",), condition=models.Q(state__in=("intended", "undoing")), name="intention_waits"
            ),
        )

    def __str__(self) -> str:
        """Say what is intended with how many things."""
        return f"{self.act} {len(self.subjects)}"

    @property
    def done(self) -> list[str]:
        """Return the subjects that it was done to."""
        return [subject for subject, refusal in self.outcomes.items() if not refusal]

    @property
    def kept(self) -> dict[str, str]:
        """Return why, by subject, it was not taken back with the rest."""
        return {subject: refusal for subject, refusal in self.taken_back.items() if refusal}

    @property
    def refused(self) -> dict[str, str]:
        """Return why, by subject, it was not done."""
        return {subject: refusal for subject, refusal in self.outcomes.items() if refusal}
