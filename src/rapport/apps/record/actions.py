"""Write the trace of an act: audit row, announcement, idempotent answer; always inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rapport.apps.record.actors import Actor
from rapport.apps.record.models import Announcement, AuditRow, IdempotentAnswer
from rapport.apps.record.write import insert_rows
from rapport.kit.ids import new_id

Data = Mapping[str, object]


def audit_row(
    *, by: Actor, at: datetime, action: str, subject: str, workspace_id: str = "", data: Data | None = None
) -> AuditRow:
    """Build one audit row, for callers that write many at once."""
    return AuditRow(
        id=new_id("aud", at=at),
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        action=action,
        subject=subject,
        workspace_id=workspace_id,
        data=dict(data or {}),
    )


def audit(
    *, by: Actor, at: datetime, action: str, subject: str, workspace_id: str = "", data: Data | None = None
) -> AuditRow:
    """Write who did what to which subject (its public id)."""
    row = audit_row(by=by, at=at, action=action, subject=subject, workspace_id=workspace_id, data=data)
    row.save(force_insert=True)
    return row


def audit_many(rows: Sequence[AuditRow]) -> None:
    """Write audit rows that were built before, in one statement."""
    insert_rows(rows)


def announcement(*, at: datetime, kind: str, subject: str, workspace_id: str = "") -> Announcement:
    """Build one announcement, for callers that write many at once."""
    return Announcement(at=at, kind=kind, subject=subject, workspace_id=workspace_id)


def announce_many(rows: Sequence[Announcement]) -> None:
    """Write announcements that were built before, in one statement."""
    insert_rows(rows)


def announce(
    *, at: datetime, kind: str, subject: str, workspace_id: str = "", data: Data | None = None
) -> Announcement:
    """Write what happened, so that a worker tells those who want to know."""
    return Announcement.objects.create(
        at=at, kind=kind, subject=subject, workspace_id=workspace_id, data=dict(data or {})
    )


def keep_answer(
    *, scope: str, key: str, request_digest: str, status: int, body: object, at: datetime
) -> IdempotentAnswer:
    """Keep the answer to a request beside what it wrote; raises IntegrityError when a twin was faster."""
    answer = IdempotentAnswer(scope=scope, key=key, request_digest=request_digest, status=status, body=body, at=at)
    insert_rows([answer])
    return answer
