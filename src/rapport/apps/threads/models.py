"""Table of threads: one message on a subject."""

from django.db import models


class Side(models.TextChoices):
    """From which side a message comes."""

    PROGRAM = "program"
    PARTNER = "partner"


class Message(models.Model):
    """What one side wrote to the other about a subject."""

    id = models.CharField(primary_key=True, max_length=32)
    subject = models.CharField(max_length=64)
    side = models.CharField(max_length=8, choices=Side)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """Read by subject in order."""

        indexes = (models.Index(fields=("subject", "id"), name="message_subject"),)

    def __str__(self) -> str:
        """Say on what and when."""
        return f"{self.subject} {self.at:%Y-%m-%d %H:%M}"
