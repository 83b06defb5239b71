"""Tables of delivery: mail on its way, what was reported of it, addresses that get no more."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    """How far a mail has come; without a mail server it stays queued, to be read on the outbox page."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    BOUNCED = "bounced", _("Came back")
    COMPLAINED = "complained", _("Marked as unwanted")
    SUPPRESSED = "suppressed", _("Not sent: address is suppressed")
    GIVEN_UP = "given-up", _("Given up")


class Mail(models.Model):
    """One mail, written in the transaction of the fact that caused it.

    `workspace_id` names the workspace that sent it; mail that only its reader may see (a sign-in code) names none.
    `about_id` is the public id of what it is about, so that others can ask what became of it.
    A mail that holds a secret (a code, a one-time address) loses its text once it is sent.
    """

    id = models.CharField(primary_key=True, max_length=32)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    workspace_id = models.CharField(max_length=32, blank=True)
    about_id = models.CharField(max_length=32, blank=True)
    holds_secret = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=MailState, default=MailState.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=250, blank=True)

    workspace_path = "workspace_id"

    class Meta:
        """Read newest first, per workspace, and by what it is about."""

        indexes = (
            models.Index(fields=("workspace_id", "id"), name="mail_workspace"),
            models.Index(fields=("about_id", "id"), name="mail_about"),
        )

    def __str__(self) -> str:
        """Say what and to whom."""
        return f"{self.subject} → {self.recipient}"


class ReportKind(models.TextChoices):
    """What a mail server wrote back about a mail."""

    BOUNCE = "bounce", _("Came back for good")
    DELAY = "delay", _("Is late, or came back for now")
    COMPLAINT = "complaint", _("Was marked as unwanted")


class MailReport(models.Model):
    """One message that came back to the bounce address: what it says of which mail. The same message counts once."""

    id = models.CharField(primary_key=True, max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=12, choices=ReportKind)
    status = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField()

    workspace_path = "mail__workspace_id"

    def __str__(self) -> str:
        """Say what came back."""
        return f"{self.kind} {self.status} of {self.mail_id}"


class SuppressionReason(models.TextChoices):
    """Why an address gets no more mail."""

    BOUNCE = "bounce", _("Mail came back for good")
    COMPLAINT = "complaint", _("Marked our mail as unwanted")
    BY_HAND = "by-hand", _("Put here by hand")


class Suppression(models.Model):
    """An address that gets no more mail of a workspace; a lifted one stays on record.

    Mail of no workspace (codes for signing in) has suppressions of its own, so that a complaint about a newsletter
    locks nobody out.
    """

    id = models.CharField(primary_key=True, max_length=32)
    workspace_id = models.CharField(max_length=32, blank=True)
    email = models.EmailField()
    reason = models.CharField(max_length=12, choices=SuppressionReason)
    note = models.CharField(max_length=250, blank=True)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, related_name="+", null=True)
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "workspace_id"

    class Meta:
        """An address is suppressed once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "email"), condition=models.Q(lifted_at__isnull=True), name="suppressed_once"
            ),
        )

    def __str__(self) -> str:
        """Say who gets no mail."""
        return f"{self.email} ({self.reason})"
