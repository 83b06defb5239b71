"""Approve commissions: what is accrued becomes payable; or take an approval back by its mirror."""

from collections.abc import Callable, Sequence
from datetime import datetime

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import booked_of
from rapport.apps.commissions.standing import apply_postings, state_of
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_stored
from rapport.apps.record.write import update_rows
from rapport.domain.books import Booked, EntryKind, Posting, approval, approval_undone
from rapport.kit.ids import new_id


def approve_commissions(
    commissions: Sequence[Commission], *, program_id: str, reason: str, by: Actor, at: datetime
) -> list[Commission]:
    """Approve commissions of one program inside the caller's transaction; those with nothing accrued stay."""
    drafts, approved = _moved(commissions, EntryKind.APPROVED, approval, reason=reason, at=at)
    for commission in approved:
        commission.approved_at = at
    _write(drafts, approved, program_id=program_id, by=by, at=at)
    return approved


def undo_approvals(
    commissions: Sequence[Commission], *, program_id: str, reason: str, by: Actor, at: datetime
) -> list[Commission]:
    """Make what is payable, and in no payout yet, accrued again, inside the caller's transaction."""
    drafts, undone = _moved(commissions, EntryKind.APPROVAL_UNDONE, approval_undone, reason=reason, at=at)
    for commission in undone:
        commission.approved_at = None
    _write(drafts, undone, program_id=program_id, by=by, at=at)
    return undone


def _moved(
    commissions: Sequence[Commission],
    kind: EntryKind,
    postings_for: Callable[[Booked], tuple[Posting, ...]],
    *,
    reason: str,
    at: datetime,
) -> tuple[list[EntryDraft], list[Commission]]:
    drafts, moved = [], []
    for commission in commissions:
        postings = postings_for(booked_of(commission))
        if not postings:
            continue
        drafts.append(
            EntryDraft(
                id=new_id("ent", at=at),
                kind=kind,
                subject=commission.id,
                reason=reason,
                postings=posting_drafts(
                    postings, agreement=commission.agreement_id, currency=commission.currency, memo=commission.id
                ),
            )
        )
        apply_postings(commission, postings)
        commission.state = state_of(commission)
        moved.append(commission)
    return drafts, moved


def _write(
    drafts: Sequence[EntryDraft], moved: Sequence[Commission], *, program_id: str, by: Actor, at: datetime
) -> None:
    if moved:
        book_entries(book_subject=program_id, drafts=drafts, by=by, at=at, ids_are_new=True)
        update_rows(moved, ("accrued_minor", "payable_minor", "state", "approved_at"))
        seal_stored(Commission, [row.id for row in moved])
