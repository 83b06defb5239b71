"""Read mail."""

from django.conf import settings
from django.db.models import QuerySet

from rapport.apps.delivery.models import Mail


def mail_is_sent() -> bool:
    """Say whether there is a mail server; without one, mail stays on the outbox page."""
    return bool(settings.EMAIL_HOST)


def outbox() -> QuerySet[Mail]:
    """Return all mail, newest first."""
    return Mail.objects.order_by("-created_at", "-id")


def may_be_read(mail: Mail) -> bool:
    """Say whether a page may show the text: a secret is shown only where no mail server could carry it."""
    return not mail.holds_secret or not mail_is_sent()
