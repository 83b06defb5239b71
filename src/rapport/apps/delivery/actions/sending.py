"""Hand mail over to the mail server, and note how far each has come."""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail.backends.smtp import EmailBackend

from rapport.apps.delivery.actions.suppressing import suppress
from rapport.apps.delivery.actions.writing import enqueue_sending
from rapport.apps.delivery.envelope import message_of
from rapport.apps.delivery.errors import MailNotSent, NothingToSend
from rapport.apps.delivery.models import Mail, MailState, SuppressionReason
from rapport.apps.delivery.queries import may_be_sent_again, suppression_of
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction

# Answers of a mail server from here on are final (RFC 5321, 4.2.1).
FINAL = 500
# Of the final ones these speak of the address (RFC 5321, 4.2.3); others blame the text, the sender or the moment.
NO_SUCH_ADDRESS = frozenset({550, 551, 553})
LONGEST_PROBLEM = 250
# Greylisting answers within an hour, a server that is moved within a day; what is older is news to nobody.
GIVEN_UP_AFTER = timedelta(days=2)


def send_mail(*, mail_id: str, at: datetime) -> Mail:
    """Send one mail; raises `MailNotSent` when it is worth another try.

    The server is spoken to outside of any transaction, so a crash right after sending sends twice rather than never.
    """
    mail = Mail.objects.get(pk=mail_id)
    if mail.state != MailState.QUEUED:
        return mail
    if suppression_of(mail.recipient, workspace_id=mail.workspace_id):
        return _noted(mail, state=MailState.SUPPRESSED)
    mail.attempts += 1
    try:
        EmailBackend().send_messages([message_of(mail)])
    except (smtplib.SMTPException, OSError) as error:
        return _not_sent(mail, error, at=at)
    return _sent(mail, at=at)


def send_mail_again(*, mail_id: str, by: Actor, at: datetime) -> Mail:
    """Try a mail once more that came back, was given up or was held back; raises `NothingToSend` when it cannot be."""
    with transaction():
        mail = Mail.objects.select_for_update().get(pk=mail_id)
        if not may_be_sent_again(mail):
            raise NothingToSend
        mail.state, mail.problem, mail.created_at = MailState.QUEUED, "", at
        mail.save(update_fields=["state", "problem", "created_at"])
        audit(by=by, at=at, action="mail.sent_again", subject=mail.id, workspace_id=mail.workspace_id)
        enqueue_sending(mail.id)
    return mail


def _not_sent(mail: Mail, error: smtplib.SMTPException | OSError, *, at: datetime) -> Mail:
    answer = _refusal_of_reader(error)
    problem = answer.words if answer else str(error) or type(error).__name__
    if answer and answer.is_final:
        return _refused(mail, answer, at=at)
    if at - mail.created_at > GIVEN_UP_AFTER:
        return _noted(mail, state=MailState.GIVEN_UP, problem=problem)
    _noted(mail, state=MailState.QUEUED, problem=problem)
    raise MailNotSent(mail.id) from error


def _refused(mail: Mail, answer: "_Answer", *, at: datetime) -> Mail:
    """Note a final refusal; where it is the address that does not exist, nothing more is sent there."""
    with transaction():
        mail.reported_at = at
        _noted(mail, state=MailState.BOUNCED, problem=answer.words)
        if answer.code in NO_SUCH_ADDRESS:
            suppress(mail=mail, reason=SuppressionReason.BOUNCE, note=answer.words, at=at)
    return mail


def _sent(mail: Mail, *, at: datetime) -> Mail:
    mail.sent_at = at
    if mail.holds_secret:
        mail.body_text = mail.body_html = ""
    return _noted(mail, state=MailState.SENT)


def _noted(mail: Mail, *, state: MailState, problem: str = "") -> Mail:
    mail.state, mail.problem = state, problem[:LONGEST_PROBLEM]
    with transaction():
        mail.save(update_fields=["state", "problem", "attempts", "sent_at", "reported_at", "body_text", "body_html"])
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
    """Return what the server said of the reader or of the text; another refusal concerns us, and is tried again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPDataError):
        return _answered(error.smtp_code, error.smtp_error)
    return None


def _answered(code: int, words: bytes | str) -> _Answer:
    told = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return _Answer(code, f"{code} {told}")
