"""Carry out what people intend, some seconds after they said so, and take it back when they change their mind."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.conversions.actions import lock_stories
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.identity.models import Person
from rapport.apps.identity.queries import actor_of
from rapport.apps.identity.rights import Capability, can
from rapport.apps.jobs.errors import IntentionStarted
from rapport.apps.jobs.intending import (
    Wish,
    forget_taken_back,
    intend,
    lock_intention,
    note_outcomes,
    note_taken_back,
    note_undone,
    withdraw_intention,
)
from rapport.apps.jobs.models import Intention, IntentionState
from rapport.apps.jobs.queries import due_intentions
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.flows.approving import approve_by_hand, undo_approval
from rapport.flows.declining import decline_conversion, undo_decline
from rapport.flows.importing.validations.deciding import decide_portion, take_portion_back
from rapport.flows.retrying import until_settled

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doing:
    """An act under way: in which program, by what arguments, by whom and when."""

    program: Program
    arguments: Mapping[str, str]
    by: Actor
    at: datetime


Outcomes = dict[str, str]
"""By subject why it was refused; empty where it was done."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be intended for many things at once, and how it is taken back afterwards.

    `batch` is how many subjects one transaction takes: others wait for the database meanwhile.
    """

    capability: Capability
    carry_out: Callable[[Sequence[str], Doing], Outcomes]
    undo: Callable[[Sequence[str], Doing], Outcomes]
    batch: int


def intend_act(
    *, act: str, program: Program, subjects: Sequence[str], by: Actor, at: datetime, **arguments: str
) -> Intention:
    """Write down that somebody wants an act done to some things of a program."""
    wish = Wish(act=act, place=program.id, workspace_id=program.workspace_id, subjects=subjects, arguments=arguments)
    return intend(wish=wish, by=by, at=at)


def carry_out_due(*, at: datetime) -> int:
    """Carry out what is due, and return how many intentions it were; one that breaks holds up no other."""
    ids = list(due_intentions(at=at).values_list("id", flat=True))
    broken: Exception | None = None
    for intention_id in ids:
        try:
            while until_settled(partial(_next_batch, intention_id, at=at)):
                pass
        except Exception as error:
            logger.exception("%s breaks; going on with the next intention", intention_id)
            _give_up(intention_id, at=at)
            broken = error
    if broken:
        raise broken
    return len(ids)


def carry_out_now(intention_id: str, *, at: datetime) -> None:
    """Carry out one intention without waiting: on the command line the person has said twice what it wants."""
    while until_settled(partial(_next_batch, intention_id, at=at)):
        pass


def undo(*, intention: Intention, program: Program, by: Actor, at: datetime) -> Intention:
    """Withdraw an intention that has not begun; take back what one has done, as far as that is still possible."""
    try:
        return withdraw_intention(intention_id=intention.id, workspace_id=program.workspace_id, by=by, at=at)
    except IntentionStarted:
        while until_settled(partial(_take_back_batch, intention.id, program, by=by, at=at)):
            pass
        return _end_taking_back(intention.id, at=at)


def _next_batch(intention_id: str, *, at: datetime) -> bool:
    """Do the act to the next subjects, in one transaction with the note of it; False when none is left."""
    with transaction():
        intention = lock_intention(intention_id)
        if intention.state != IntentionState.INTENDED:
            return False
        left = [one for one in intention.subjects if one not in intention.outcomes]
        left = left[: ACTS[intention.act].batch]
        note_outcomes(intention=intention, outcomes=_outcomes(intention, left, at=at), at=at)
    return True


def _outcomes(intention: Intention, subjects: Sequence[str], *, at: datetime) -> Outcomes:
    program = Program.objects.get(pk=intention.place)
    by, act = _actor_now(intention), ACTS[intention.act]
    if not can(by, act.capability, program):
        return dict.fromkeys(subjects, _("You may not do this any more."))
    return act.carry_out(subjects, Doing(program, intention.arguments, by, at))


def _take_back_batch(intention_id: str, program: Program, *, by: Actor, at: datetime) -> bool:
    """Take back what was done to the next subjects, in one transaction with the note of it; False when none is left."""
    with transaction():
        intention = lock_intention(intention_id)
        if intention.state != IntentionState.DONE:
            raise IntentionStarted
        left = [one for one in intention.done if one not in intention.taken_back]
        act = ACTS[intention.act]
        outcomes = act.undo(left[: act.batch], Doing(program, intention.arguments, by, at)) if left else {}
        note_taken_back(intention=intention, outcomes=outcomes)
    return bool(left)


def _end_taking_back(intention_id: str, *, at: datetime) -> Intention:
    """End an intention of which something was taken back; when nothing was, it stands as it did, and that is said."""
    with transaction():
        intention = lock_intention(intention_id)
        stays = [why for why in intention.taken_back.values() if why]
        if len(stays) == len(intention.taken_back):
            forget_taken_back(intention=intention)
        else:
            note_undone(intention=intention, at=at)
            stays = []
    if stays:
        raise Refused(stays[0])
    return intention


class Refused(Refusal):
    """None of it can be taken back."""

    code = "not_undone"


def _give_up(intention_id: str, *, at: datetime) -> None:
    sentence = _("Something broke on our side. Nothing was changed; an operator can see why.")
    with transaction():
        intention = lock_intention(intention_id)
        left = [one for one in intention.subjects if one not in intention.outcomes]
        note_outcomes(intention=intention, outcomes=dict.fromkeys(left, sentence), at=at)


def _actor_now(intention: Intention) -> Actor:
    """Return who intended it with the seats held now: a right that was taken away meanwhile is gone."""
    if intention.actor_kind == ActorKind.SYSTEM:
        return Actor.system(intention.actor_id)
    return actor_of(Person.objects.get(pk=intention.actor_id))


def _approve(subjects: Sequence[str], doing: Doing) -> Outcomes:
    return approve_by_hand(program_id=doing.program.id, commission_ids=subjects, by=doing.by, at=doing.at)


def _unapprove(subjects: Sequence[str], doing: Doing) -> Outcomes:
    reason = _("An approval by mistake was undone.")
    return undo_approval(program_id=doing.program.id, commission_ids=subjects, reason=reason, by=doing.by, at=doing.at)


def _decline(subjects: Sequence[str], doing: Doing) -> Outcomes:
    told = doing.arguments

    def decline(conversion: Conversion) -> None:
        decline_conversion(
            conversion=conversion,
            code=told["code"],
            reason=told["reason"],
            evidence=told.get("evidence", ""),
            by=doing.by,
            at=doing.at,
        )

    return _each_order(subjects, doing, decline)


def _undecline(subjects: Sequence[str], doing: Doing) -> Outcomes:
    reason = _("A decline by mistake was undone.")
    return _each_order(
        subjects, doing, lambda order: undo_decline(conversion=order, reason=reason, by=doing.by, at=doing.at)
    )


def _each_order(subjects: Sequence[str], doing: Doing, do: Callable[[Conversion], None]) -> Outcomes:
    """Do something to the order behind each commission, under the locks of all of them."""
    rows = commissions_of_program(doing.program.id).filter(pk__in=subjects).select_related("conversion__program")
    orders = {row.id: row.conversion for row in rows if row.conversion}
    lock_stories(Touched.by(orders.values()).in_order())
    outcomes = dict.fromkeys(subjects, _("There is no such commission in this program."))
    for subject in sorted(orders):
        try:
            do(orders[subject])
            outcomes[subject] = ""
        except Refusal as refusal:
            outcomes[subject] = refusal.sentence
    return outcomes


def _validate(subjects: Sequence[str], doing: Doing) -> Outcomes:
    for subject in subjects:
        decide_portion(subject, by=doing.by, at=doing.at)
    return dict.fromkeys(subjects, "")


def _unvalidate(subjects: Sequence[str], doing: Doing) -> Outcomes:
    return {subject: take_portion_back(subject, by=doing.by, at=doing.at) for subject in subjects}


VALIDATE = "validate"
ACTS: Mapping[str, Act] = {
    "approve": Act(Capability.CONVERSION_DECIDE, _approve, _unapprove, batch=25),
    "decline": Act(Capability.CONVERSION_DECIDE, _decline, _undecline, batch=5),
    VALIDATE: Act(Capability.CONVERSION_DECIDE, _validate, _unvalidate, batch=1),
}
