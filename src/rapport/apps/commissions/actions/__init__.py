"""Write commissions: book what was judged, approve what is due, decide what was proposed."""

from rapport.apps.commissions.actions.approving import approve_commissions, undo_approvals
from rapport.apps.commissions.actions.booking import Finding, book_findings
from rapport.apps.commissions.actions.paying import follow_postings, lock_commissions
from rapport.apps.commissions.actions.proposing import (
    accept_proposal,
    note_proposal_reply,
    refuse_proposal,
    tell_proposal,
)

__all__ = [
    "Finding",
    "accept_proposal",
    "approve_commissions",
    "book_findings",
    "follow_postings",
    "lock_commissions",
    "note_proposal_reply",
    "refuse_proposal",
    "tell_proposal",
    "undo_approvals",
]
