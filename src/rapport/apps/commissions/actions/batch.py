"""The rows that one act of booking meets and adds, and how a commission gets to its target."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from rapport.apps.commissions.models import Attribution, Commission, CommissionLine, Proposal, ProposalState
from rapport.apps.commissions.queries import booked_of
from rapport.apps.commissions.standing import apply_postings
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.write import insert_rows, update_rows
from rapport.domain.books import Cause, Movements, movements
from rapport.kit.ids import new_id

_MOVING = ("version", "state", "accrued_minor", "payable_minor", "holds", "hold_until", "facts_joined")


@dataclass(slots=True)
class Booking:
    """The rows that the findings of one batch meet and add."""

    program: Program
    cause: str
    by: Actor
    at: datetime
    latest: dict[str, Attribution] = field(default_factory=dict)
    commissions: dict[str, list[Commission]] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    new_attributions: list[Attribution] = field(default_factory=list)
    new_commissions: list[Commission] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    changed_commissions: dict[str, Commission] = field(default_factory=dict)
    lines: list["NewLine"] = field(default_factory=list)
    drafts: list[EntryDraft] = field(default_factory=list)
    new_proposals: list[Proposal] = field(default_factory=list)
    closed_proposals: list[Proposal] = field(default_factory=list)


class NewLine(NamedTuple):
    """The columns of a commission line, which is only written."""

    commission_id: str
    attribution_id: str
    rule: str
    amount_minor: int
    entry: str
    at: datetime


def move(
    booking: Booking, commission: Commission, attribution: Attribution, *, target_minor: int, cause: Cause
) -> None:
    """Book the way of one commission to its target, or propose it; what stood proposed is replaced."""
    proposal = booking.proposals.get(commission.id)
    booked = booked_of(commission)
    waiting_minor = max(booked.minor - proposal.target_minor, 0) if proposal else 0
    moves = movements(booked=booked, target_minor=target_minor, cause=cause, proposed_minor=waiting_minor)
    if moves.postings:
        _draft(booking, commission, attribution, moves)
    if proposal:
        booking.closed_proposals.append(proposal)
    if moves.proposal:
        booking.new_proposals.append(
            Proposal(
                id=new_id("pro", at=booking.at),
                commission=commission,
                attribution=attribution,
                target_minor=target_minor,
                cause=moves.proposal.cause,
                created_at=booking.at,
            )
        )


def _draft(booking: Booking, commission: Commission, attribution: Attribution, moves: Movements) -> None:
    entry_id = new_id("ent", at=booking.at)
    booking.drafts.append(
        EntryDraft(
            id=entry_id,
            kind=moves.kind,
            subject=commission.id,
            reason=booking.cause,
            postings=posting_drafts(
                moves.postings,
                agreement=commission.agreement_id,
                currency=commission.currency,
                memo=commission.id,
            ),
        )
    )
    booking.lines.append(
        NewLine(
            commission_id=commission.id,
            attribution_id=attribution.id,
            rule=attribution.rule,
            amount_minor=apply_postings(commission, moves.postings),
            entry=entry_id,
            at=booking.at,
        )
    )


def write(booking: Booking) -> None:
    """Write what a batch adds and changes, sealed."""
    insert_rows(booking.new_attributions)
    insert_rows(booking.new_commissions)
    if booking.changed_commissions:
        update_rows(booking.changed_commissions.values(), _MOVING)
    if booking.drafts:
        book_entries(
            book_subject=booking.program.id, drafts=booking.drafts, by=booking.by, at=booking.at, ids_are_new=True
        )
        insert_rows(booking.lines, into=CommissionLine)
    if booking.closed_proposals:
        replaced = {proposal.id for proposal in booking.closed_proposals}
        Proposal.objects.filter(pk__in=replaced).update(state=ProposalState.REPLACED, decided_at=booking.at)
        seal_stored(Proposal, replaced)
    insert_rows(booking.new_proposals)
    seal_rows(
        [
            *booking.new_attributions,
            *booking.new_commissions,
            *booking.changed_commissions.values(),
            *booking.new_proposals,
        ]
    )
