"""Read the record: kept answers and the trail of a subject."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.record.asking import composed
from rapport.apps.record.errors import KeyReused
from rapport.apps.record.models import AuditRow, Examination, IdempotentAnswer


def kept_answer(*, scope: str, key: str, request_digest: str) -> IdempotentAnswer | None:
    """Return the answer kept for this key, refusing the key when it named another request."""
    answer = next(iter(_kept(scope=scope, key=key)), None)
    if answer and answer.request_digest != request_digest:
        raise KeyReused(
            _("This Idempotency-Key was used for another request. Send a new key, or the same request again."),
            fields={"Idempotency-Key": _("Already used for another request.")},
        )
    return answer


@composed
def _kept(scope: str, key: str) -> QuerySet[IdempotentAnswer]:
    return IdempotentAnswer.objects.filter(scope=scope, key=key)


def trail_of(subject: str) -> QuerySet[AuditRow]:
    """Return the audit rows of a subject, newest first."""
    return AuditRow.objects.filter(subject=subject).order_by("-id")


def trail_of_workspace(workspace_id: str, *, subject: str = "", before: str = "") -> QuerySet[AuditRow]:
    """Return the audit rows of a workspace, newest first; of one subject only, and older than a row, if given."""
    rows = AuditRow.objects.filter(workspace_id=workspace_id).order_by("-id")
    if subject:
        rows = rows.filter(subject=subject)
    return rows.filter(id__lt=before) if before else rows


def latest_examination() -> Examination | None:
    """Return the last examination of this installation, if there was one."""
    return Examination.objects.order_by("-id").first()
