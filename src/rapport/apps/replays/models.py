"""Tables of replays: what was asked and answered, the links that show it, and the terms that it is a reason for."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.programs.models import Program, TermsVersion


class ReplayState(models.TextChoices):
    """How far a replay is."""

    WAITING = "waiting", _("At work")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Replay(models.Model):
    """Terms tried over whole days of the past; `partners` are agreements, none means all of them.

    `document` is the canonical text of the terms as they were tried; the answer is written once and never changed.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    first_on = models.DateField()
    last_on = models.DateField()
    partners = models.JSONField(default=list)
    own_too = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ReplayState, default=ReplayState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    answer = models.JSONField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    class Meta:
        """Read by program, newest first."""

        indexes = (models.Index(fields=("program", "id"), name="replay_of_program"),)

    def __str__(self) -> str:
        """Name the replay."""
        return self.id


class ReplayShare(models.Model):
    """A link that shows one replay to whoever holds it, until it expires or somebody takes it back."""

    id = models.CharField(primary_key=True, max_length=32)
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="shares")
    shows_names = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "replay__program__workspace_id"

    def __str__(self) -> str:
        """Say what it shows."""
        return f"{self.id} of {self.replay_id}"

    def opens(self, *, at: datetime) -> bool:
        """Say whether it shows anything at this moment."""
        return self.revoked_at is None and at < self.expires_at


class DraftReason(models.Model):
    """The replay that is kept beside a program's draft as the reason for it."""

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="+")
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Say what it is the reason for."""
        return f"{self.replay_id} for the draft of {self.program_id}"


class VersionReason(models.Model):
    """The replay with which a version was published."""

    version = models.OneToOneField(TermsVersion, primary_key=True, on_delete=models.PROTECT, related_name="+")
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="+")

    workspace_path = "version__program__workspace_id"

    def __str__(self) -> str:
        """Say what it is the reason for."""
        return f"{self.replay_id} for {self.version_id}"
