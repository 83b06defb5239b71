"""Tables of postbacks: how they are written, what became of each, and how far the journal has been taken in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.programs.models import Program
from rapport.apps.record.vault import SealedField


class PostbackProfile(models.Model):
    """How a program's postbacks are written: the profile of a system, names of the program's own, a secret to decrypt.

    A program without a row writes our own names.
    """

    program = models.OneToOneField(Program, on_delete=models.PROTECT, related_name="+", primary_key=True)
    profile = models.CharField(max_length=32)
    names = models.JSONField(default=dict)
    secret = SealedField(blank=True, default="")
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Return which profile it is."""
        return self.profile


class ReceiptState(models.TextChoices):
    """What became of an accepted postback."""

    TAKEN = "taken", _("Taken")
    KNOWN = "known", _("Known already")
    CONFLICT = "conflict", _("In conflict")
    WAITING = "waiting", _("Waiting for its sale")
    REFUSED = "refused", _("Refused")


class Receipt(models.Model):
    """What became of one acknowledged postback: the edge gave its id, the worker found out the rest.

    Not `authentic` when a page told it, as anybody can: nobody is asked to look at those that are refused.
    """

    id = models.CharField(primary_key=True, max_length=40)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=ReceiptState)
    subject = models.CharField(max_length=32, blank=True)
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    raw = models.JSONField(default=dict)
    authentic = models.BooleanField(default=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    class Meta:
        """Read by program, newest first."""

        indexes = (models.Index(fields=("program", "id"), name="receipt_program"),)

    def __str__(self) -> str:
        """Return its id."""
        return self.id


class SetAside(models.Model):
    """A receipt or a correction that nobody waits for any more, and why; it stays in its list."""

    subject = models.CharField(primary_key=True, max_length=40)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Return what was set aside."""
        return self.subject


class JournalCursor(models.Model):
    """How far the postbacks of the journal have been taken in; moved in the transaction that takes them."""

    name = models.CharField(primary_key=True, max_length=128)
    segment = models.CharField(max_length=128, blank=True)
    offset = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Say where it stands."""
        return f"{self.name}: {self.segment}@{self.offset}"
