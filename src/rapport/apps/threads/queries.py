"""Read messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from rapport.apps.identity.queries import names_of
from rapport.apps.record.actors import ActorKind
from rapport.apps.threads.models import Message, Side


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as a page shows it; `author` is empty when no person wrote it."""

    id: str
    side: Side
    author: str
    body: str
    at: datetime


def messages_of(subject: str) -> list[MessageRow]:
    """Return the messages on a subject in the order in which they were written."""
    messages = list(Message.objects.filter(subject=subject).order_by("at", "id"))
    names = names_of({message.actor_id for message in messages if message.actor_kind == ActorKind.PERSON})
    return [
        MessageRow(message.id, Side(message.side), names.get(message.actor_id, ""), message.body, message.at)
        for message in messages
    ]


def unanswered(subjects: QuerySet[Any, Any]) -> QuerySet[Message]:
    """Return the partners' messages on these subjects (a query of ids) that nobody has answered, oldest first."""
    answered = Message.objects.filter(subject=OuterRef("subject"), side=Side.PROGRAM, at__gte=OuterRef("at"))
    return Message.objects.filter(~Exists(answered), side=Side.PARTNER, subject__in=subjects).order_by("at", "id")
