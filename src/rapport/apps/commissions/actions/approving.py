"""Approve commissions: what is accrued becomes payable."""

from collections.abc import Sequence
from datetime import datetime

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import booked_of
from rapport.apps.commissions.standing import apply_postings, state_of
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.record.actors import Actor
from rapport.domain.books import EntryKind, approval
from rapport.kit.ids import new_id


def approve_commissions(
    commissions: Sequence[Commission], *, program_id: str, reason: str, by: Actor, at: datetime
) -> list[Commission]:
    """Approve commissions of one program inside the caller's transaction; those with nothing accrued stay."""
    drafts, approved = [], []
    for commission in commissions:
        postings = approval(booked_of(commission))
        if not postings:
            continue
        drafts.append(
            EntryDraft(
                id=new_id("ent", at=at),
                kind=EntryKind.APPROVED,
                subject=commission.id,
                reason=reason,
                postings=posting_drafts(
                    postings, agreement=commission.agreement_id, currency=commission.currency, memo=commission.id
                ),
            )
        )
        apply_postings(commission, postings)
        commission.state = state_of(commission)
        commission.approved_at = at
        approved.append(commission)
    if approved:
        book_entries(book_subject=program_id, drafts=drafts, by=by, at=at, ids_are_new=True)
        Commission.objects.bulk_update(approved, ("accrued_minor", "payable_minor", "state", "approved_at"))
    return approved
