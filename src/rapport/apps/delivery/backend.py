"""Django's way out for mail: what any library sends becomes rows of the outbox, in the caller's transaction."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMultiAlternatives

from rapport.apps.delivery.actions import keep_mail
from rapport.apps.delivery.models import Mail
from rapport.kit.clock import now


class OutboxBackend(BaseEmailBackend):
    """Keeps every message once per recipient. Whatever a library mails may hold a code, so it counts as a secret."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many messages were kept."""
        for message in email_messages:
            for recipient in message.recipients():
                keep_mail(mail=_mail(message, recipient=recipient), at=now())
        return len(email_messages)


def _mail(message: EmailMessage, *, recipient: str) -> Mail:
    return Mail(
        recipient=recipient,
        subject=str(message.subject),
        body_text=str(message.body),
        body_html=_html(message),
        holds_secret=True,
    )


def _html(message: EmailMessage) -> str:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else ()
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
