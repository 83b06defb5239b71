"""Carry out the decisions of a confirmed file, portion by portion; every line keeps what became of it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.conversions.actions import lock_stories
from rapport.apps.conversions.inputs import CorrectionInput
from rapport.apps.conversions.models import Conversion, Door
from rapport.apps.conversions.reading import read_correction
from rapport.apps.conversions.recording import Touched
from rapport.apps.imports.actions import finish_import, note_validated
from rapport.apps.imports.models import RunState, ValidationLine, Verdict
from rapport.apps.imports.queries import run_of, validations_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.domain.money import Money, format_amount
from rapport.flows.approving import approve_by_hand, undo_approval
from rapport.flows.declining import decline_conversion, undo_decline
from rapport.flows.importing.files import forget_working_file
from rapport.flows.importing.validations.planning import why_nothing, why_refused
from rapport.flows.intake import take_corrections
from rapport.flows.offers import load_offer

PORTION = 10
"""Lines of one subject of the intention, which is one transaction."""


def portions_of(run_id: str, lines: int) -> list[str]:
    """Return the subjects of an intention about a run: each names a portion of its lines."""
    return [f"{run_id}:{start}" for start in range(0, lines, PORTION)]


def decide_portion(subject: str, *, by: Actor, at: datetime) -> None:
    """Carry out the decisions of one portion inside the caller's transaction; lines that were decided stay so."""
    run_id, lines = _lines(subject)
    left = [line for line in lines if line.done_at is None]
    lock_stories(Touched.by(line.conversion for line in left).in_order())
    for line in left:
        note_validated(line=line, outcome=_outcome(line, by=by, at=at), at=at)
    run = run_of(run_id)
    if run.state == RunState.RUNNING and not validations_of(run_id).filter(done_at__isnull=True).exists():
        refused = validations_of(run_id).exclude(outcome="").count()
        figures = run.figures | {
            "accepted": run.figures["accepted"] - refused,
            "refused": run.figures["refused"] + refused,
        }
        forget_working_file(finish_import(run_id=run_id, figures=figures, by=by, at=at))


def take_portion_back(subject: str, *, by: Actor, at: datetime) -> str:
    """Take the approvals and declines of one portion back; return why nothing of it could be. New amounts stay."""
    _run_id, lines = _lines(subject)
    lock_stories(Touched.by(line.conversion for line in lines).in_order())
    kept = [_taken_back(line, by=by, at=at) for line in lines if not line.outcome]
    return " ".join(dict.fromkeys(kept)) if all(kept) else ""


def _lines(subject: str) -> tuple[str, Sequence[ValidationLine]]:
    run_id, _colon, start = subject.partition(":")
    rows = validations_of(run_id).order_by("line")
    return run_id, list(rows[int(start) : int(start) + PORTION])


def _outcome(line: ValidationLine, *, by: Actor, at: datetime) -> str:
    """Do what a line says, unless it is so already; return why it was refused, or nothing."""
    order = Conversion.objects.select_related("program").get(pk=line.conversion_id)
    earned = list(commissions_of_program(order.program_id).filter(conversion=order).order_by("id"))
    changes = line.total_minor is not None and line.total_minor != order.remaining_minor
    refused = why_refused(line.verdict, order, earned, changes=changes)
    if refused or why_nothing(line.verdict, order, earned, changes=changes):
        return refused
    try:
        if line.verdict == Verdict.DECLINE:
            decline_conversion(conversion=order, code=line.decline_code, reason=line.reason, by=by, at=at)
            return ""
        if changes:
            _amend(line, order, by=by, at=at)
        return _approve(order, by=by, at=at) if line.verdict == Verdict.APPROVE else ""
    except Refusal as refusal:
        return " ".join(refusal.fields.values()) or refusal.sentence


def _amend(line: ValidationLine, order: Conversion, *, by: Actor, at: datetime) -> None:
    """Report the difference to the new amount; its number is the line's own, so that it counts once."""
    currency = order.currency
    difference = Money((line.total_minor or 0) - order.remaining_minor, currency)
    given = {
        "kind": "amendment",
        "external_id": f"{line.run_id}-{line.line}",
        "of": order.external_id,
        "of_kind": order.kind,
        "currency": currency,
        "total": format_amount(difference),
        "occurred_at": at,
    }
    offer = load_offer(order.program_id)
    read = read_correction(read_input(CorrectionInput, given), frame=offer.frame, received_at=at)
    take_corrections([read], offer=offer, door=Door.FILE, by=by, at=at)


def _approve(order: Conversion, *, by: Actor, at: datetime) -> str:
    rows = commissions_of_program(order.program_id).filter(conversion=order, accrued_minor__gt=0)
    ids = list(rows.order_by("id").values_list("id", flat=True))
    outcomes = approve_by_hand(program_id=order.program_id, commission_ids=ids, by=by, at=at)
    return " ".join(dict.fromkeys(why for why in outcomes.values() if why))


def _taken_back(line: ValidationLine, *, by: Actor, at: datetime) -> str:
    order = line.conversion
    if line.verdict == Verdict.AMEND:
        return _("New amounts stay: bring a file with the former ones.")
    try:
        if line.verdict == Verdict.DECLINE:
            undo_decline(conversion=order, reason=_("A decline by mistake was undone."), by=by, at=at)
            return ""
        rows = commissions_of_program(order.program_id).filter(conversion=order, payable_minor__gt=0)
        ids = list(rows.order_by("id").values_list("id", flat=True))
        reason = _("An approval by mistake was undone.")
        outcomes = undo_approval(program_id=order.program_id, commission_ids=ids, reason=reason, by=by, at=at)
        return " ".join(dict.fromkeys(why for why in outcomes.values() if why))
    except Refusal as refusal:
        return refusal.sentence
