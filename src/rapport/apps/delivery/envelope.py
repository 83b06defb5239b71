"""A mail as its server takes it: the headers, and a sender address by which whatever comes back names the mail."""

import re
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from rapport.apps.delivery.models import Mail

# What comes back is written to `bounces+mai_…@…`: every mail server hands that to the box of `bounces`.
_NAMED = re.compile(r"\b(mai_[0-9a-z]{26})(?=[@>\s]|$)")


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """Return the message that stands for a mail; it says that a program wrote it, so that no absence note answers."""
    domain = domain_of(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        mail.subject,
        mail.body_text,
        return_path(mail.id),
        [mail.recipient],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": f"<{mail.id}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.body_html:
        message.attach_alternative(mail.body_html, "text/html")
    return message


def return_path(mail_id: str) -> str:
    """Return the address to which servers report about a mail; without a bounce address, the plain sender."""
    if not settings.MAIL_BOUNCES:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    local, _, domain = settings.MAIL_BOUNCES.rpartition("@")
    return f"{local}+{mail_id}@{domain}"


def mail_id_in(text: str) -> str:
    """Return the id of the mail that an address or a message id names, or an empty text."""
    found = _NAMED.search(text.lower())
    return found[1] if found else ""


def domain_of(address: str) -> str:
    """Return the domain of a mail address, which may stand behind a name."""
    return parseaddr(address)[1].rpartition("@")[2].lower()
