"""Sessions that have ended."""

from datetime import datetime

from django.contrib.sessions.models import Session

from rapport.apps.record.write import transaction


def forget_ended_sessions(*, at: datetime) -> int:
    """Delete the sessions whose time is over; return how many there were."""
    with transaction():
        deleted, _ = Session.objects.filter(expire_date__lt=at).delete()
    return deleted
