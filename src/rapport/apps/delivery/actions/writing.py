"""Write mail into the outbox, in the transaction of the fact that causes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils.module_loading import import_string

from rapport.apps.delivery.letters import Letter
from rapport.apps.delivery.models import Mail, MailState
from rapport.apps.delivery.queries import mail_is_sent, suppression_of
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id

# By its path, because jobs stand above actions and call them.
SEND_JOB = "rapport.apps.delivery.tasks.send_mail_job"
LONGEST_SUBJECT = 250

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
    return keep_mail(mail=write_out(letter), at=at)


def write_out(letter: Letter) -> Mail:
    """Return a letter as the mail that it becomes: what takes time, for whoever does it before a transaction."""
    return Mail(
        recipient=letter.recipient,
        subject=letter.subject,
        body_text=letter.as_text(),
        body_html=letter.as_html(),
        workspace_id=letter.workspace_id,
        about_id=letter.about_id,
        holds_secret=letter.holds_secret,
    )


def keep_mail(*, mail: Mail, at: datetime) -> Mail:
    """Keep a mail that is written out already, with the job that sends it; none is sent to a suppressed address."""
    mail.id, mail.created_at = new_id("mai", at=at), at
    # A line break in a subject would start a header of the sender's choice.
    mail.subject = " ".join(mail.subject.split())[:LONGEST_SUBJECT]
    if _muted.get():
        return mail
    with transaction():
        if suppression_of(mail.recipient, workspace_id=mail.workspace_id):
            mail.state = MailState.SUPPRESSED
        mail.save(force_insert=True)
        if mail.state == MailState.QUEUED and mail_is_sent():
            enqueue_sending(mail.id)
    return mail


def enqueue_sending(mail_id: str) -> None:
    """Write the job that sends a mail."""
    import_string(SEND_JOB).enqueue(mail_id=mail_id)
