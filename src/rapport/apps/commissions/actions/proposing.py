"""Decide proposals: a fall of approved money, or a change of partner, that no report of the merchant explains."""

from datetime import datetime

from django.db.models import Q

from rapport.apps.commissions.errors import ProposalDecided
from rapport.apps.commissions.models import Commission, CommissionLine, Proposal, ProposalState
from rapport.apps.commissions.queries import booked_of
from rapport.apps.commissions.standing import apply_postings, state_of
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_stored
from rapport.apps.record.write import insert_rows
from rapport.domain.books import Cause, Movements, movements
from rapport.kit.ids import new_id


def accept_proposal(*, proposal: Proposal, by: Actor, at: datetime) -> list[Commission]:
    """Book what was proposed, both sides of a change of partner together, inside the caller's transaction."""
    proposals = _of_one_source(proposal)
    drafts, lines, commissions = [], [], []
    for one in proposals:
        moves = movements(booked=booked_of(one.commission), target_minor=one.target_minor, cause=Cause.DECIDED)
        if moves.postings:
            draft = _draft(one, moves, at=at)
            drafts.append(draft)
            lines.append(_line(one, moves, entry=draft.id, at=at))
        one.commission.state = state_of(one.commission)
        commissions.append(one.commission)
    if drafts:
        book_entries(book_subject=proposal.commission.agreement.program_id, drafts=drafts, by=by, at=at)
    insert_rows(lines)
    Commission.objects.bulk_update(commissions, ("accrued_minor", "payable_minor", "state"))
    seal_stored(Commission, [one.id for one in commissions])
    _close(proposals, ProposalState.ACCEPTED, by=by, at=at)
    return commissions


def refuse_proposal(*, proposal: Proposal, by: Actor, at: datetime) -> list[Proposal]:
    """Let things stand; the caller records the decision as a fact of the story, so that it is not proposed again."""
    proposals = _of_one_source(proposal)
    _close(proposals, ProposalState.REFUSED, by=by, at=at)
    return proposals


def tell_proposal(*, proposal: Proposal, reply_until: datetime | None, at: datetime) -> bool:
    """Note that the partner was told, and until when it may answer; False when somebody was faster.

    What was proposed before with the same target keeps its deadline and its answer: nobody is asked twice.
    """
    told = Proposal.objects.filter(pk=proposal.id, state=ProposalState.OPEN, told_at__isnull=True)
    before = _told_before(proposal)
    if before is None:
        first = bool(told.update(told_at=at, reply_until=reply_until))
    else:
        first = False
        told.update(told_at=before.told_at, reply_until=before.reply_until, replied_at=before.replied_at)
    seal_stored(Proposal, [proposal.id])
    return first


def note_proposal_reply(*, commission_id: str, at: datetime) -> bool:
    """Note that the partner answered the open proposal about a commission in time; False when there is none."""
    asked = Proposal.objects.filter(commission_id=commission_id, state=ProposalState.OPEN, reply_until__gt=at)
    ids = list(asked.select_for_update().values_list("id", flat=True))
    asked.update(replied_at=at)
    seal_stored(Proposal, ids)
    return bool(ids)


def _told_before(proposal: Proposal) -> Proposal | None:
    replaced = Proposal.objects.filter(
        commission_id=proposal.commission_id, state=ProposalState.REPLACED, told_at__isnull=False
    )
    last = replaced.order_by("-id").first()
    return last if last and last.target_minor == proposal.target_minor else None


def _of_one_source(proposal: Proposal) -> list[Proposal]:
    found = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("commission__agreement", "attribution")
        .filter(_same_source(proposal.commission), state=ProposalState.OPEN)
        .order_by("id")
    )
    proposals = list(found)
    if proposal.id not in {one.id for one in proposals}:
        raise ProposalDecided
    return proposals


def _same_source(commission: Commission) -> Q:
    """Match all commissions of one order; a tier or bonus is of one agreement alone, however it is called elsewhere."""
    if commission.conversion_id is None:
        return Q(commission_id=commission.id)
    return Q(commission__source=commission.source)


def _draft(proposal: Proposal, moves: Movements, *, at: datetime) -> EntryDraft:
    commission = proposal.commission
    return EntryDraft(
        id=new_id("ent", at=at),
        kind=moves.kind,
        subject=commission.id,
        reason="proposal-accepted",
        postings=posting_drafts(
            moves.postings, agreement=commission.agreement_id, currency=commission.currency, memo=commission.id
        ),
    )


def _line(proposal: Proposal, moves: Movements, *, entry: str, at: datetime) -> CommissionLine:
    return CommissionLine(
        commission=proposal.commission,
        attribution=proposal.attribution,
        rule=proposal.attribution.rule,
        amount_minor=apply_postings(proposal.commission, moves.postings),
        entry=entry,
        at=at,
    )


def _close(proposals: list[Proposal], state: ProposalState, *, by: Actor, at: datetime) -> None:
    ids = [proposal.id for proposal in proposals]
    Proposal.objects.filter(pk__in=ids).update(state=state, decided_at=at, actor_kind=by.kind, actor_id=by.id)
    seal_stored(Proposal, ids)
