"""Approve by hand, which ends the hold, and take an approval back as long as no payout holds the money."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.commissions.actions import approve_commissions, lock_commissions, undo_approvals
from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.conversions.actions import lock_stories, record_decisions
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.record.actions import announce_many, announcement, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.write import transaction
from rapport.domain.credit import ENDED_BY_APPROVAL
from rapport.domain.story import DecisionKind
from rapport.flows.explaining.words import hold_words
from rapport.flows.judging import judge_touched
from rapport.flows.offers import Offer, load_offer
from rapport.flows.retrying import until_settled

Outcomes = dict[str, str]
"""By commission why it was refused; empty where it was done."""

_BY_HAND = "by-hand"


def approve_by_hand(*, program_id: str, commission_ids: Collection[str], by: Actor, at: datetime) -> Outcomes:
    """Approve these commissions of a program now; each that cannot be approved says why."""
    return until_settled(lambda: _approve(program_id, commission_ids, by=by, at=at))


def undo_approval(
    *, program_id: str, commission_ids: Collection[str], reason: str, by: Actor, at: datetime
) -> Outcomes:
    """Take approvals back by their mirror; what is in a payout stays, and what comes back waits for a person."""
    if not reason.strip():
        sentence = _("Give a reason; the partner reads it.")
        raise BadInput(sentence, fields={"reason": sentence})
    return until_settled(lambda: _undo(program_id, commission_ids, reason.strip(), by=by, at=at))


def note_approved(rows: Iterable[Commission], *, offer: Offer, by: Actor, at: datetime) -> None:
    """Write the trace of approvals, inside the transaction that made them."""
    _note("commission.approved", [row.id for row in rows], offer=offer, by=by, at=at)


def _approve(program_id: str, commission_ids: Collection[str], *, by: Actor, at: datetime) -> Outcomes:
    offer = load_offer(program_id)
    with transaction():
        found = _found(program_id, commission_ids)
        # Approved is what is right now, not what was right when it was last judged; this takes the locks as well.
        judge_touched(_stories_of(found.values()), offer=offer, cause=_BY_HAND, by=by, at=at)
        rows = lock_commissions(found)
        refused = {row.id: why for row in rows.values() if (why := _why_not_approved(row, of=found[row.id], by=by))}
        wanted = {row_id: row for row_id, row in found.items() if row_id not in refused}
        record_decisions(_conversions_of(wanted.values()), kind=DecisionKind.APPROVED, reason="", by=by, at=at)
        answered = [row for row_id, row in wanted.items() if not ENDED_BY_APPROVAL.isdisjoint(rows[row_id].holds)]
        if answered:  # judged with this decision, they are held no more
            judge_touched(_stories_of(answered), offer=offer, cause=_BY_HAND, by=by, at=at)
            rows = lock_commissions(found)
        approved = approve_commissions(
            [rows[row_id] for row_id in sorted(wanted)], program_id=program_id, reason=_BY_HAND, by=by, at=at
        )
        note_approved(approved, offer=offer, by=by, at=at)
    return _outcomes(commission_ids, found=found, refused=refused)


def _why_not_approved(row: Commission, *, of: Commission, by: Actor) -> str:
    """Say why a commission cannot be approved; empty when it can. `of` is the same row with its partner."""
    if any(seat.organisation_id == of.agreement.partner.organisation_id for seat in by.seats):
        return _("You belong to the partner who would be paid. Somebody else has to approve this.")
    doubts = [hold for hold in row.holds if hold not in ENDED_BY_APPROVAL]
    if doubts:
        return " ".join(hold_words(hold) for hold in doubts)
    if not row.accrued_minor:
        return _already(row)
    if not row.facts_joined:
        return _("Details of the click are still being looked up. Try again in a few minutes.")
    return ""


def _already(row: Commission) -> str:
    if row.approved_at and row.worth.minor > 0:
        return _("It is approved already.")
    return _("Nothing of it waits: it was declined or taken back.")


def _undo(program_id: str, commission_ids: Collection[str], reason: str, *, by: Actor, at: datetime) -> Outcomes:
    offer = load_offer(program_id)
    with transaction():
        found = _found(program_id, commission_ids)
        lock_stories(_stories_of(found.values()).in_order())
        refused = {row.id: why for row in lock_commissions(found).values() if (why := _why_not_undone(row))}
        wanted = {row_id: row for row_id, row in found.items() if row_id not in refused}
        record_decisions(
            _conversions_of(wanted.values()), kind=DecisionKind.APPROVAL_UNDONE, reason=reason, by=by, at=at
        )
        rows = list(lock_commissions(wanted).values())
        undone = undo_approvals(rows, program_id=program_id, reason="approval-undone", by=by, at=at)
        _note("commission.approval_undone", [row.id for row in undone], offer=offer, by=by, at=at)
        # Judged with this decision, what is accrued again is held for a person.
        judge_touched(_stories_of(wanted.values()), offer=offer, cause="approval-undone", by=by, at=at)
    return _outcomes(commission_ids, found=found, refused=refused)


def _why_not_undone(row: Commission) -> str:
    if row.conversion_id is None:
        return _("A tier or bonus follows from the orders that it counts. Take back the approval of those.")
    if row.reserved_minor or row.paid_minor:
        return _("It is in a payout already. Decline the order, or correct it, and the next payout nets it.")
    if row.payable_minor <= 0:
        return _("It is not approved.")
    return ""


def _found(program_id: str, commission_ids: Collection[str]) -> dict[str, Commission]:
    rows = (
        commissions_of_program(program_id)
        .filter(pk__in=commission_ids)
        .select_related("agreement__partner", "conversion__program")
    )
    return {row.id: row for row in rows.order_by("id")}


def _stories_of(rows: Iterable[Commission]) -> Touched:
    return Touched.by(_conversions_of(rows))


def _conversions_of(rows: Iterable[Commission]) -> list[Conversion]:
    return [row.conversion for row in rows if row.conversion]


def _outcomes(
    commission_ids: Collection[str], *, found: Mapping[str, Commission], refused: Mapping[str, str]
) -> Outcomes:
    missing = _("There is no such commission in this program.")
    return {one: refused.get(one, "" if one in found else missing) for one in commission_ids}


def _note(kind: str, ids: list[str], *, offer: Offer, by: Actor, at: datetime) -> None:
    workspace_id = offer.program.workspace_id
    audit_many([audit_row(by=by, at=at, action=kind, subject=one, workspace_id=workspace_id) for one in ids])
    announce_many([announcement(at=at, kind=kind, subject=one, workspace_id=workspace_id) for one in ids])
