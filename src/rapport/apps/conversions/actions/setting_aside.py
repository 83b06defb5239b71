"""Set aside what nobody waits for any more: a postback that could not be used, a correction without its sale."""

from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Correction, Receipt, SetAside
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.write import transaction

LONGEST_REASON = 500


def set_aside(*, row: Receipt | Correction, reason: str, by: Actor, at: datetime) -> SetAside:
    """Let nobody wait for it any more; the first reason stays. A correction still takes effect if its sale comes."""
    if not reason.strip():
        sentence = _("Give a reason; your team reads it.")
        raise BadInput(sentence, fields={"reason": sentence})
    with transaction():
        aside, is_new = SetAside.objects.get_or_create(
            subject=row.id,
            defaults={
                "program": row.program,
                "reason": reason.strip()[:LONGEST_REASON],
                "at": at,
                "actor_kind": by.kind,
                "actor_id": by.id,
            },
        )
        if is_new:
            audit(by=by, at=at, action="set_aside", subject=row.id, workspace_id=row.program.workspace_id)
    return aside


def take_up_again(*, row: Receipt | Correction, by: Actor, at: datetime) -> None:
    """Let it wait again."""
    with transaction():
        if SetAside.objects.filter(pk=row.id).delete()[0]:
            audit(by=by, at=at, action="taken_up_again", subject=row.id, workspace_id=row.program.workspace_id)
