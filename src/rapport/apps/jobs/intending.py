"""Keep what people intend until the worker does it: intend, withdraw, note what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rapport.apps.jobs.errors import IntentionStarted
from rapport.apps.jobs.models import Intention, IntentionState
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id

WAIT = timedelta(seconds=10)
"""How long a person may change their mind before the worker begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An act with its arguments, and the public ids of what it is done to; `place` is where all of them belong."""

    act: str
    place: str
    workspace_id: str
    subjects: Sequence[str]
    arguments: Mapping[str, object] = field(default_factory=dict)


def intend(*, wish: Wish, by: Actor, at: datetime) -> Intention:
    """Write down what a person wants done; the worker does it in a few seconds, whatever their browser does."""
    with transaction():
        intention = Intention.objects.create(
            id=new_id("int", at=at),
            act=wish.act,
            place=wish.place,
            subjects=list(dict.fromkeys(wish.subjects)),
            arguments=dict(wish.arguments),
            actor_kind=by.kind,
            actor_id=by.id,
            at=at,
            due_at=at + WAIT,
        )
        data = {"act": wish.act, "subjects": len(intention.subjects)}
        audit(by=by, at=at, action="act.intended", subject=intention.id, workspace_id=wish.workspace_id, data=data)
    return intention


def withdraw_intention(*, intention_id: str, workspace_id: str, by: Actor, at: datetime) -> Intention:
    """Let an intention be none, as long as nothing of it has been done; raises `IntentionStarted` afterwards."""
    with transaction():
        intention = lock_intention(intention_id)
        if intention.state != IntentionState.INTENDED or intention.outcomes:
            raise IntentionStarted
        _end(intention, IntentionState.WITHDRAWN, at=at)
        audit(by=by, at=at, action="act.withdrawn", subject=intention.id, workspace_id=workspace_id)
    return intention


def lock_intention(intention_id: str) -> Intention:
    """Return an intention locked for the caller's transaction."""
    return Intention.objects.select_for_update().get(pk=intention_id)


def note_outcomes(*, intention: Intention, outcomes: Mapping[str, str], at: datetime) -> None:
    """Note, inside the transaction that acted, what became of some subjects; the last ones end the intention."""
    intention.outcomes |= outcomes
    if len(intention.outcomes) == len(intention.subjects):
        _end(intention, IntentionState.DONE if intention.done else IntentionState.REFUSED, at=at)
    else:
        intention.save(update_fields=["outcomes"])


def ask_back(*, intention_id: str, workspace_id: str, by: Actor, at: datetime) -> Intention:
    """Let the worker take back what was done; whoever asks again while it does changes nothing."""
    with transaction():
        intention = lock_intention(intention_id)
        if intention.state not in {IntentionState.DONE, IntentionState.UNDOING}:
            raise IntentionStarted
        if intention.state == IntentionState.DONE:
            intention.state, intention.due_at, intention.taken_back = IntentionState.UNDOING, at, {}
            intention.undone_by_kind, intention.undone_by_id = by.kind, by.id
            intention.save(update_fields=["state", "due_at", "taken_back", "undone_by_kind", "undone_by_id"])
            audit(by=by, at=at, action="act.asked_back", subject=intention.id, workspace_id=workspace_id)
    return intention


def note_taken_back(*, intention: Intention, outcomes: Mapping[str, str], at: datetime) -> None:
    """Note, inside the transaction that did so, what was taken back, and why the rest (a sentence each) was not.

    The last of it ends the intention; when nothing could be taken back it stands as it did, and says why.
    """
    intention.taken_back |= outcomes
    intention.save(update_fields=["taken_back"])
    if len(intention.taken_back) == len(intention.done):
        stands = len(intention.kept) == len(intention.done)
        _end(intention, IntentionState.DONE if stands else IntentionState.UNDONE, at=at)


def _end(intention: Intention, state: IntentionState, *, at: datetime) -> None:
    intention.state, intention.ended_at = state, at
    intention.save(update_fields=["state", "ended_at", "outcomes"])
