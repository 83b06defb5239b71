"""Carry out what people intend, some seconds after they said so, and take it back when they changed their mind."""

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
    ask_back,
    intend,
    lock_intention,
    note_outcomes,
    note_taken_back,
    withdraw_intention,
)
from rapport.apps.jobs.models import Intention, IntentionState
from rapport.apps.jobs.queries import due_intentions
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.flows.approving import approve_by_hand, undo_approval
from rapport.flows.declining import DeclineGiven, decline_as_given, letters_of_decline, undo_decline
from rapport.flows.importing.validations.deciding import decide_portion, take_portion_back
from rapport.flows.partner_letters import Letters, Written
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

    `batch` is how many subjects one transaction takes: others wait for the database meanwhile. What an act needs and
    takes long is made ready by `prepare`, before the transaction.
    """

    capability: Capability
    carry_out: Callable[[Sequence[str], Doing, Letters], Outcomes]
    undo: Callable[[Sequence[str], Doing], Outcomes]
    batch: int
    prepare: Callable[[Sequence[str], Doing], Letters] = lambda _subjects, _doing: {}


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
    """Withdraw an intention that has not begun; let the worker take back what one has done, as far as it still can."""
    try:
        return withdraw_intention(intention_id=intention.id, workspace_id=program.workspace_id, by=by, at=at)
    except IntentionStarted:
        return ask_back(intention_id=intention.id, workspace_id=program.workspace_id, by=by, at=at)


def _next_batch(intention_id: str, *, at: datetime) -> bool:
    """Do the act to the next subjects, or take it back, in one transaction with the note of it; False at the end."""
    seen = Intention.objects.get(pk=intention_id)
    ahead = _left(seen)
    act, doing = ACTS[seen.act], _doing(seen, at=at)
    ready = act.prepare(ahead, doing) if seen.state == IntentionState.INTENDED else {}
    with transaction():
        intention = lock_intention(intention_id)
        if (intention.state, _left(intention)) != (seen.state, ahead):
            return True  # somebody else was faster
        if intention.state == IntentionState.INTENDED:
            outcomes = _allowed(intention, ahead, doing) or act.carry_out(ahead, doing, ready)
            note_outcomes(intention=intention, outcomes=outcomes, at=at)
        elif intention.state == IntentionState.UNDOING:
            outcomes = _allowed(intention, ahead, doing) or act.undo(ahead, doing)
            note_taken_back(intention=intention, outcomes=outcomes, at=at)
        else:
            return False
    return True


def _left(intention: Intention) -> list[str]:
    """Return the subjects that are next."""
    if intention.state == IntentionState.UNDOING:
        left = [one for one in intention.done if one not in intention.taken_back]
    else:
        left = [one for one in intention.subjects if one not in intention.outcomes]
    return left[: ACTS[intention.act].batch]


def _doing(intention: Intention, *, at: datetime) -> Doing:
    program = Program.objects.get(pk=intention.place)
    return Doing(program, intention.arguments, _actor_now(intention), at)


def _allowed(intention: Intention, subjects: Sequence[str], doing: Doing) -> Outcomes:
    """Return the refusals of whoever may not do this any more; nothing where the act may go on."""
    if can(doing.by, ACTS[intention.act].capability, doing.program):
        return {}
    return dict.fromkeys(subjects, _("You may not do this any more."))


def _give_up(intention_id: str, *, at: datetime) -> None:
    sentence = _("Something broke on our side. Nothing was changed; an operator can see why.")
    with transaction():
        intention = lock_intention(intention_id)
        if intention.state == IntentionState.UNDOING:
            left = [one for one in intention.done if one not in intention.taken_back]
            note_taken_back(intention=intention, outcomes=dict.fromkeys(left, sentence), at=at)
        else:
            left = [one for one in intention.subjects if one not in intention.outcomes]
            note_outcomes(intention=intention, outcomes=dict.fromkeys(left, sentence), at=at)


def _actor_now(intention: Intention) -> Actor:
    """Return who asked for what is done now with the seats held now: a right that was taken away meanwhile is gone."""
    is_undoing = intention.state == IntentionState.UNDOING
    kind, actor_id = (
        (intention.undone_by_kind, intention.undone_by_id) if is_undoing else (intention.actor_kind, intention.actor_id)
    )
    if kind == ActorKind.SYSTEM:
        return Actor.system(actor_id)
    return actor_of(Person.objects.get(pk=actor_id))


def _approve(subjects: Sequence[str], doing: Doing, _letters: Letters) -> Outcomes:
    return approve_by_hand(program_id=doing.program.id, commission_ids=subjects, by=doing.by, at=doing.at)


def _unapprove(subjects: Sequence[str], doing: Doing) -> Outcomes:
    reason = _("An approval by mistake was undone.")
    return undo_approval(program_id=doing.program.id, commission_ids=subjects, reason=reason, by=doing.by, at=doing.at)


def _decline(subjects: Sequence[str], doing: Doing, letters: Letters) -> Outcomes:
    def decline(conversion: Conversion) -> None:
        decline_as_given(conversion=conversion, given=_given(doing), by=doing.by, at=doing.at, letters=letters)

    return _each_order(subjects, doing, decline)


def _letters_of_decline(subjects: Sequence[str], doing: Doing) -> Letters:
    letters: dict[str, Written] = {}
    for conversion in _orders(subjects, doing).values():
        letters |= letters_of_decline(conversion=conversion, given=_given(doing), at=doing.at)
    return letters


def _given(doing: Doing) -> DeclineGiven:
    told = doing.arguments
    return DeclineGiven(told["code"], told["reason"], told.get("evidence", ""))


def _undecline(subjects: Sequence[str], doing: Doing) -> Outcomes:
    reason = _("A decline by mistake was undone.")
    return _each_order(
        subjects, doing, lambda order: undo_decline(conversion=order, reason=reason, by=doing.by, at=doing.at)
    )


def _each_order(subjects: Sequence[str], doing: Doing, do: Callable[[Conversion], None]) -> Outcomes:
    """Do something to the order behind each commission, under the locks of all of them."""
    orders = _orders(subjects, doing)
    lock_stories(Touched.by(orders.values()).in_order())
    outcomes = dict.fromkeys(subjects, _("There is no such commission in this program."))
    outcomes |= dict.fromkeys(_without_order(subjects, doing), _("It follows from what it counts. Decline the orders."))
    for subject in sorted(orders):
        try:
            do(orders[subject])
            outcomes[subject] = ""
        except Refusal as refusal:
            outcomes[subject] = refusal.sentence
    return outcomes


def _without_order(subjects: Sequence[str], doing: Doing) -> list[str]:
    """Return those that are for a tier, a bonus or a day's visits."""
    rows = commissions_of_program(doing.program.id).filter(pk__in=subjects, conversion=None)
    return list(rows.values_list("id", flat=True))


def _orders(subjects: Sequence[str], doing: Doing) -> dict[str, Conversion]:
    rows = commissions_of_program(doing.program.id).filter(pk__in=subjects).select_related("conversion__program")
    return {row.id: row.conversion for row in rows if row.conversion}


def _validate(subjects: Sequence[str], doing: Doing, _letters: Letters) -> Outcomes:
    for subject in subjects:
        decide_portion(subject, by=doing.by, at=doing.at)
    return dict.fromkeys(subjects, "")


def _unvalidate(subjects: Sequence[str], doing: Doing) -> Outcomes:
    return {subject: take_portion_back(subject, by=doing.by, at=doing.at) for subject in subjects}


VALIDATE = "validate"
ACTS: Mapping[str, Act] = {
    "approve": Act(Capability.CONVERSION_DECIDE, _approve, _unapprove, batch=25),
    # Each order is judged again and its partner told: one of them fills a short transaction.
    "decline": Act(Capability.CONVERSION_DECIDE, _decline, _undecline, batch=1, prepare=_letters_of_decline),
    VALIDATE: Act(Capability.CONVERSION_DECIDE, _validate, _unvalidate, batch=1),
}
