"""Read the books: balances, entries, the recount of everything, and whether the guards stand."""

from rapport.apps.ledger.guards import missing_guards
from rapport.apps.ledger.queries.balances import (
    balance,
    balances_of,
    balances_of_program,
    booked_of,
    owed_by_memo,
)
from rapport.apps.ledger.queries.days import earned_by_day
from rapport.apps.ledger.queries.entries import book_of, entries_moving, entries_of, entries_of_book, with_postings
from rapport.apps.ledger.queries.movements import (
    Movement,
    PayablePosting,
    moved_before,
    movements_of,
    openings_of,
    payable_changes,
    payable_postings,
)
from rapport.apps.ledger.queries.recount import Recount, recount, stray_postings

__all__ = [
    "Movement",
    "PayablePosting",
    "Recount",
    "balance",
    "balances_of",
    "balances_of_program",
    "book_of",
    "booked_of",
    "earned_by_day",
    "entries_moving",
    "entries_of",
    "entries_of_book",
    "missing_guards",
    "moved_before",
    "movements_of",
    "openings_of",
    "owed_by_memo",
    "payable_changes",
    "payable_postings",
    "recount",
    "stray_postings",
    "with_postings",
]
