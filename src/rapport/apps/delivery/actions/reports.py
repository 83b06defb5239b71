"""Take in what mail servers wrote back about a mail."""

from dataclasses import dataclass
from datetime import datetime

from rapport.apps.delivery.actions.suppressing import suppress
from rapport.apps.delivery.boxes import Box
from rapport.apps.delivery.models import Mail, MailReport, MailState, ReportKind, SuppressionReason
from rapport.apps.delivery.returned import Returned, read_returned
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id

_STATES = {ReportKind.BOUNCE: MailState.BOUNCED, ReportKind.COMPLAINT: MailState.COMPLAINED}
_REASONS = {ReportKind.BOUNCE: SuppressionReason.BOUNCE, ReportKind.COMPLAINT: SuppressionReason.COMPLAINT}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What reading a box came to: messages read, and how many of them told something new of a mail of ours."""

    messages: int
    reports: int


def take_returned(box: Box, *, at: datetime) -> TakenIn:
    """Take in every unread message of a box, each by itself; raises OSError when the box cannot be read."""
    messages = reports = 0
    for raw in box.unread():
        messages += 1
        returned = read_returned(raw)
        if returned is not None and take_report(returned=returned, at=at) is not None:
            reports += 1
    return TakenIn(messages, reports)


def take_report(*, returned: Returned, at: datetime) -> MailReport | None:
    """Keep what came back, and what follows from it; nothing for a mail that is not ours and for the same once more."""
    with transaction():
        mail = Mail.objects.select_for_update().filter(pk=returned.mail_id).first()
        if mail is None or MailReport.objects.filter(digest=returned.digest).exists():
            return None
        report = MailReport.objects.create(
            id=new_id("mrp", at=at),
            digest=returned.digest,
            mail=mail,
            kind=returned.kind,
            status=returned.status,
            words=returned.words,
            at=at,
        )
        _note(mail, returned, at=at)
        if returned.blames_address or returned.kind == ReportKind.COMPLAINT:
            suppress(mail=mail, reason=_REASONS[returned.kind], note=returned.words, at=at)
    return report


def _note(mail: Mail, returned: Returned, *, at: datetime) -> None:
    mail.problem = f"{returned.status} {returned.words}".strip()[:250]
    mail.state, mail.reported_at = _STATES.get(returned.kind, mail.state), at
    mail.save(update_fields=["problem", "state", "reported_at"])
    if returned.kind != ReportKind.DELAY:
        by, data = Actor.system("mail-reports"), {"status": returned.status}
        action = f"mail.{mail.state}"
        audit(by=by, at=at, action=action, subject=mail.id, workspace_id=mail.workspace_id, data=data)
