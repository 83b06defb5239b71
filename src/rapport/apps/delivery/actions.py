"""Write mail and send it."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string

from rapport.apps.delivery.errors import MailNotSent
from rapport.apps.delivery.letters import Letter
from rapport.apps.delivery.models import Mail
from rapport.apps.delivery.queries import mail_is_sent
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id

# By its path, because jobs stand above actions and call them.
SEND_JOB = "rapport.apps.delivery.tasks.send_mail_job"
# Answers of a mail server from here on are final (RFC 5321, 4.2.1).
FINAL = 500
LONGEST_SUBJECT = 250
LONGEST_PROBLEM = 250

_muted: ContextVar[bool] = ContextVar("mail_muted", default=False)


@contextmanager
def mail_muted() -> Iterator[None]:
    """Write no letters meanwhile: what is told again of the past, as in a demo, is news to nobody."""
    before = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(before)


def queue_mail(*, letter: Letter, at: datetime) -> Mail:
    """Keep a letter in the caller's transaction; a worker sends it when there is a mail server."""
    return keep_mail(
        mail=Mail(
            recipient=letter.recipient,
            subject=letter.subject,
            body_text=letter.as_text(),
            body_html=letter.as_html(),
            workspace_id=letter.workspace_id,
            holds_secret=letter.holds_secret,
        ),
        at=at,
    )


def keep_mail(*, mail: Mail, at: datetime) -> Mail:
    """Keep a mail that is written out already, with the job that sends it."""
    mail.id, mail.created_at = new_id("mai", at=at), at
    # A line break in a subject would start a header of the sender's choice.
    mail.subject = " ".join(mail.subject.split())[:LONGEST_SUBJECT]
    if _muted.get():
        return mail
    with transaction():
        mail.save(force_insert=True)
        if mail_is_sent():
            import_string(SEND_JOB).enqueue(mail_id=mail.id)
    return mail


def send_mail(*, mail_id: str, at: datetime) -> Mail:
    """Send one mail; raises `MailNotSent` when it is worth another try.

    The server is spoken to outside of any transaction, so a crash right after sending sends twice rather than never.
    """
    mail = Mail.objects.get(pk=mail_id)
    if mail.sent_at is not None:
        return mail
    try:
        _hand_over(mail)
    except (smtplib.SMTPException, OSError) as error:
        answer = _refusal_of_reader(error)
        _noted(mail, problem=answer.words if answer else str(error))
        if answer and answer.is_final:
            return mail
        raise MailNotSent(mail_id) from error
    return _sent(mail, at=at)


def _hand_over(mail: Mail) -> None:
    message = EmailMultiAlternatives(mail.subject, mail.body_text, settings.DEFAULT_FROM_EMAIL, [mail.recipient])
    if mail.body_html:
        message.attach_alternative(mail.body_html, "text/html")
    EmailBackend().send_messages([message])


def _sent(mail: Mail, *, at: datetime) -> Mail:
    mail.sent_at, mail.problem = at, ""
    if mail.holds_secret:
        mail.body_text = mail.body_html = ""
    with transaction():
        mail.save(update_fields=["sent_at", "problem", "body_text", "body_html"])
    return mail


def _noted(mail: Mail, *, problem: str) -> Mail:
    mail.problem = problem[:LONGEST_PROBLEM]
    with transaction():
        mail.save(update_fields=["problem"])
    return mail


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the server said about the one reader of a mail."""

    code: int
    words: str

    @property
    def is_final(self) -> bool:
        """Say whether asking again would change nothing."""
        return self.code >= FINAL


def _refusal_of_reader(error: Exception) -> _Answer | None:
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return None
    code, sentence = next(iter(error.recipients.values()))
    return _Answer(code, f"{code} {sentence.decode('utf-8', 'replace')}")
