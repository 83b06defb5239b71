"""Tables of the record: audit rows and their links, announcements, idempotent answers, seals, examinations."""

from django.db import models

from rapport.apps.record.vault import SealedField


class AuditRow(models.Model):
    """One thing somebody did. Ids only: names and mail of persons never stand here."""

    id = models.CharField(primary_key=True, max_length=32)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    workspace_id = models.CharField(max_length=32, blank=True)
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    workspace_path = "workspace_id"

    class Meta:
        """Read by subject, by workspace and by time."""

        indexes = (
            models.Index(fields=("subject", "id"), name="audit_subject"),
            models.Index(fields=("workspace_id", "id"), name="audit_workspace"),
        )

    def __str__(self) -> str:
        """Say who did what."""
        return f"{self.actor_kind}:{self.actor_id} {self.action} {self.subject}"


class AuditLink(models.Model):
    """Some audit rows tied to all that were tied before; `proof` is the digest, sealed in the vault."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    rows_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    proof = SealedField()

    def __str__(self) -> str:
        """Say which link it is."""
        return f"audit link {self.number}"


class LinkedAuditRow(models.Model):
    """Which link holds an audit row; it stays where the row is taken away."""

    audit_id = models.CharField(primary_key=True, max_length=32)
    link = models.ForeignKey(AuditLink, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        """Say which row it is."""
        return self.audit_id


class Announcement(models.Model):
    """Something that happened and that others will be told of, written with the fact itself."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    workspace_id = models.CharField(max_length=32, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        """Read in the order of writing, and per kind."""

        indexes = (models.Index(fields=("kind", "id"), name="announcement_kind"),)

    def __str__(self) -> str:
        """Say what is announced."""
        return f"{self.kind} {self.subject}"


class IdempotentAnswer(models.Model):
    """The answer that a repeated request gets again."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        """One answer per caller and key."""

        constraints = (models.UniqueConstraint(fields=("scope", "key"), name="answer_once"),)

    def __str__(self) -> str:
        """Say whose answer it is."""
        return f"{self.scope} {self.key}"


class Seal(models.Model):
    """The digest of one agreement or money row as the last action left it; the subject is its kind and key."""

    subject = models.CharField(primary_key=True, max_length=96)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Say whose seal it is."""
        return self.subject


class Examination(models.Model):
    """One run of the doctor: what was looked at, how many rows, and what was wrong."""

    id = models.CharField(primary_key=True, max_length=32)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    problems_count = models.PositiveIntegerField()
    checks = models.JSONField(default=list)

    def __str__(self) -> str:
        """Say when it was."""
        return f"{self.id} at {self.started_at:%Y-%m-%d}"
