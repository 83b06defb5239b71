"""Write messages."""

from datetime import datetime

from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.threads.inputs import MessageInput
from rapport.apps.threads.models import Message, Side
from rapport.kit.ids import new_id


def post_message(
    *, subject: str, side: Side, given: MessageInput, by: Actor, at: datetime, workspace_id: str = ""
) -> Message:
    """Write what one side has to say about a subject, named by its public id."""
    with transaction():
        message = Message.objects.create(
            id=new_id("msg", at=at),
            subject=subject,
            side=side,
            actor_kind=by.kind,
            actor_id=by.id,
            body=given.body,
            at=at,
        )
        audit(by=by, at=at, action="message.posted", subject=message.id, workspace_id=workspace_id)
        announce(at=at, kind="message.posted", subject=subject, workspace_id=workspace_id, data={"message": message.id})
    return message
