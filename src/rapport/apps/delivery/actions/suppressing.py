"""Keep mail away from addresses that do not exist or do not want it, and lift that again."""

from datetime import datetime

from rapport.apps.delivery.inputs import SuppressionInput
from rapport.apps.delivery.models import Mail, Suppression, SuppressionReason
from rapport.apps.delivery.queries import suppression_of
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id

LONGEST_NOTE = 250


def suppress(*, mail: Mail, reason: SuppressionReason, note: str, at: datetime) -> Suppression:
    """Suppress the reader of a mail in the caller's transaction; one who is suppressed already stays so."""
    row = Suppression(workspace_id=mail.workspace_id, email=mail.recipient, reason=reason, note=note, mail=mail)
    return _kept(row, by=Actor.system("mail-reports"), at=at)


def suppress_by_hand(*, workspace_id: str, given: SuppressionInput, by: Actor, at: datetime) -> Suppression:
    """Send nothing more to an address on behalf of a workspace."""
    row = Suppression(
        workspace_id=workspace_id, email=given.email, reason=SuppressionReason.BY_HAND, note=given.note, mail=None
    )
    with transaction():
        return _kept(row, by=by, at=at)


def lift_suppression(*, suppression_id: str, by: Actor, at: datetime) -> Suppression:
    """Let mail go to an address again; lifting twice is lifting once."""
    with transaction():
        row = Suppression.objects.select_for_update().get(pk=suppression_id)
        if row.lifted_at is None:
            row.lifted_at = at
            row.save(update_fields=["lifted_at"])
            audit(by=by, at=at, action="suppression.lifted", subject=row.id, workspace_id=row.workspace_id)
    return row


def _kept(row: Suppression, *, by: Actor, at: datetime) -> Suppression:
    known = suppression_of(row.email, workspace_id=row.workspace_id)
    if known:
        return known
    row.id, row.created_at = new_id("sup", at=at), at
    row.email, row.note = row.email.lower(), row.note[:LONGEST_NOTE]
    row.save(force_insert=True)
    data = {"reason": str(row.reason), "mail": row.mail_id}
    audit(by=by, at=at, action="suppression.made", subject=row.id, workspace_id=row.workspace_id, data=data)
    return row
