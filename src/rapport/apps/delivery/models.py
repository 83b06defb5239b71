"""Table of delivery: mail on its way."""

from django.db import models


class Mail(models.Model):
    """One mail, written in the transaction of the fact that caused it.

    `workspace_id` names the workspace that sent it; mail that only its reader may see (a sign-in code) names none.
    A mail that holds a secret (a code, a one-time address) loses its text once it is sent.
    """

    id = models.CharField(primary_key=True, max_length=32)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    workspace_id = models.CharField(max_length=32, blank=True)
    holds_secret = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=250, blank=True)

    workspace_path = "workspace_id"

    class Meta:
        """Read newest first, per workspace."""

        indexes = (models.Index(fields=("workspace_id", "id"), name="mail_workspace"),)

    def __str__(self) -> str:
        """Say what and to whom."""
        return f"{self.subject} → {self.recipient}"
