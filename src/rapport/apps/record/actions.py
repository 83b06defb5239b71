"""Write the trace of an act: audit row, announcement, idempotent answer; always inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rapport.apps.record.actors import Actor
from rapport.apps.record.models import Announcement, AuditRow, Examination, IdempotentAnswer
from rapport.apps.record.sealing import digest_of
from rapport.apps.record.write import insert_rows, new_row, transaction
from rapport.kit.ids import new_id

Data = Mapping[str, object]

EXAMINATIONS_KEPT = 90
"""Examinations that are kept: three months of daily ones."""


class Trail(NamedTuple):
    """An audit row that is only written: its columns, and nothing of a model."""

    id: str
    at: datetime
    actor_kind: str
    actor_id: str
    action: str
    subject: str
    workspace_id: str
    data: Data
    digest: str


class News(NamedTuple):
    """An announcement that is only written: its columns, and nothing of a model."""

    at: datetime
    kind: str
    subject: str
    workspace_id: str
    data: Data


def audit_row(
    *, by: Actor, at: datetime, action: str, subject: str, workspace_id: str = "", data: Data | None = None
) -> Trail:
    """Build one audit row, for callers that write many at once."""
    columns = (new_id("aud", at=at), at, str(by.kind), by.id, action, subject, workspace_id, data or {})
    return Trail(*columns, digest=digest_of(columns))


def audit(
    *, by: Actor, at: datetime, action: str, subject: str, workspace_id: str = "", data: Data | None = None
) -> AuditRow:
    """Write who did what to which subject (its public id)."""
    trail = audit_row(by=by, at=at, action=action, subject=subject, workspace_id=workspace_id, data=data)
    row = AuditRow(**trail._asdict())
    insert_rows([row])
    return row


def audit_many(rows: Sequence[Trail]) -> None:
    """Write audit rows that were built before, in one statement."""
    insert_rows(rows, into=AuditRow)


def announcement(*, at: datetime, kind: str, subject: str, workspace_id: str = "") -> News:
    """Build one announcement, for callers that write many at once."""
    return News(at, kind, subject, workspace_id, {})


def announce_many(rows: Sequence[News]) -> None:
    """Write announcements that were built before, in one statement."""
    insert_rows(rows, into=Announcement)


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
    answer = new_row(
        IdempotentAnswer, scope=scope, key=key, request_digest=request_digest, status=status, body=body, at=at
    )
    insert_rows([answer])
    return answer


def keep_examination(
    *, started_at: datetime, finished_at: datetime, checks: Sequence[Mapping[str, object]], problems_count: int
) -> Examination:
    """Keep what the doctor looked at and found (`name`, `rows`, `problems` of each check); older ones are forgotten."""
    with transaction():
        kept = Examination.objects.create(
            id=new_id("exa", at=started_at),
            started_at=started_at,
            finished_at=finished_at,
            checks=list(checks),
            problems_count=problems_count,
        )
        old = Examination.objects.order_by("-id").values_list("id", flat=True)[EXAMINATIONS_KEPT:]
        Examination.objects.filter(pk__in=list(old)).delete()
    return kept
