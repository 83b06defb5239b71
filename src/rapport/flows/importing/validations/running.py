"""Look through a file of decisions, and confirm it: once, by its totals, carried out as an intention."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.imports.actions import keep_validations, note_checked_again, start_import
from rapport.apps.imports.models import ImportRun, RunState, Subject
from rapport.apps.imports.queries import run_of, validations_of
from rapport.apps.imports.reading.working import Progress
from rapport.apps.jobs.models import Intention, IntentionState
from rapport.apps.jobs.queries import intentions_about
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.flows.importing.files import write_report
from rapport.flows.importing.validations.deciding import portions_of
from rapport.flows.importing.validations.planning import plan_validations
from rapport.flows.intentions import VALIDATE, intend_act


class TotalsMoved(Refusal):
    """What was confirmed is not what the file would do now."""

    code = "totals_moved"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            _("The orders have moved on since the file was checked. Look at the new totals and confirm them.")
        )


class NothingToValidate(Refusal):
    """A file that decides nothing is not confirmed."""

    code = "nothing_to_validate"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("No line of this file leaves anything to do."))


def check_validations(run: ImportRun, *, progress: Progress) -> dict[str, Any]:
    """Say what a file of decisions would do."""
    planned = plan_validations(run, progress=progress)
    write_report(run, planned.fates(), ())
    return planned.figures()


def confirm_validations(*, run: ImportRun, by: Actor, at: datetime) -> Intention:
    """Intend what the file decides, by the totals that were shown; a file that was withdrawn can be confirmed again."""
    if run.state == RunState.RUNNING:
        return _again(run, by=by, at=at)
    planned = plan_validations(run, progress=lambda _n: None)
    if planned.figures() != _confirmed(run.figures):
        write_report(run, planned.fates(), ())
        note_checked_again(run_id=run.id, figures=planned.figures())
        raise TotalsMoved
    if not planned.wanted:
        raise NothingToValidate
    with transaction():
        started = start_import(run_id=run.id, by=by, at=at)
        keep_validations(planned.wanted, run=started)
        return _intend(started, len(planned.wanted), by=by, at=at)


def intention_of(run: ImportRun) -> Intention | None:
    """Return the intention that carries a file out, the last one where it was withdrawn and confirmed again."""
    return intentions_about(run.program_id, act=VALIDATE, run=run.id).first()


def may_be_confirmed_again(run: ImportRun) -> bool:
    """Say whether a confirmed file was withdrawn, or broke off, before all of it was done."""
    if run.subject != Subject.VALIDATIONS or run.state != RunState.RUNNING:
        return False
    intention = intention_of(run)
    return intention is None or intention.state != IntentionState.INTENDED


def _again(run: ImportRun, *, by: Actor, at: datetime) -> Intention:
    with transaction():
        locked = start_import(run_id=run.id, by=by, at=at)
        standing = intention_of(locked)
        if standing and standing.state == IntentionState.INTENDED:
            return standing
        return _intend(locked, validations_of(run.id).count(), by=by, at=at)


def _intend(run: ImportRun, lines: int, *, by: Actor, at: datetime) -> Intention:
    program = run_of(run.id).program
    return intend_act(act=VALIDATE, program=program, subjects=portions_of(run.id, lines), by=by, at=at, run=run.id)


def _confirmed(figures: Mapping[str, Any]) -> dict[str, Any]:
    return dict(figures)
