"""Table of delivery: mail on its way."""

from django.db import models


class Mail(models.Model):
    """One mail, written in the transaction of the fact that caused it."""

    id = models.CharField(primary_key=True, max_length=32)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    workspace_id = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=250, blank=True)

    class Meta:
        """Read newest first."""

        indexes = (models.Index(fields=("created_at",), name="mail_created"),)

    def __str__(self) -> str:
        """Say what and to whom."""
        return f"{self.subject} → {self.recipient}"
