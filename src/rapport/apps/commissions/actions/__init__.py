"""Write commissions: book what was judged, approve what is due, decide what was proposed."""

from rapport.apps.commissions.actions.approving import approve_commissions, undo_approvals
from rapport.apps.commissions.actions.booking import Finding, book_findings
from rapport.apps.commissions.actions.paying import follow_postings, lock_commissions
from rapport.apps.commissions.actions.periods import (
    MetPeriods,
    book_periods,
    book_standings,
    keep_standing,
    lock_standings,
    meet_periods,
    open_standings,
)
from rapport.apps.commissions.actions.proposing import (
    accept_proposal,
    note_proposal_reply,
    refuse_proposal,
    tell_proposal,
)

__all__ = [
    "Finding",
    "MetPeriods",
    "accept_proposal",
    "approve_commissions",
    "book_findings",
    "book_periods",
    "book_standings",
    "follow_postings",
    "keep_standing",
    "lock_commissions",
    "lock_standings",
    "meet_periods",
    "note_proposal_reply",
    "open_standings",
    "refuse_proposal",
    "tell_proposal",
    "undo_approvals",
]
