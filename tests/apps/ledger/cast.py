"""Who and what the tests of the ledger need: a program's book, ready accounts, ready drafts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rapport.apps.ledger.actions import book_entries, open_book
from rapport.apps.ledger.inputs import EntryDraft, PostingDraft, posting_drafts
from rapport.apps.ledger.models import Entry
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.domain.books import AccountKind, AccountName, EntryKind, Posting

PROGRAM = "prg_crazy"
AGREEMENT = "agr_anna"
INTAKE = Actor.system("intake")
NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)

EXPENSE = AccountName(AccountKind.EXPENSE, "", "EUR")
ACCRUED = AccountName(AccountKind.ACCRUED, AGREEMENT, "EUR")
PAYABLE = AccountName(AccountKind.PAYABLE, AGREEMENT, "EUR")


def opened(program: str = PROGRAM, currency: str = "EUR") -> str:
    """Open the book of a program and return the program's id."""
    open_book(subject=program, currency=currency, by=INTAKE, at=NOON)
    return program


def booked(*drafts: EntryDraft, program: str = PROGRAM, at: datetime = NOON) -> list[Entry]:
    """Book drafts as an action would."""
    with transaction():
        return book_entries(book_subject=program, drafts=drafts, by=INTAKE, at=at)


def judged(number: int, minor: int = 1200, *, agreement: str = AGREEMENT) -> EntryDraft:
    """Return the draft of a commission judged, whose ids carry the number."""
    return draft(f"ent_judged_{number}", EntryKind.JUDGED, f"com_{number}", [Posting(*_JUDGED, minor)], agreement)


def approved(number: int, minor: int = 1200) -> EntryDraft:
    """Return the draft of its approval."""
    return draft(f"ent_approved_{number}", EntryKind.APPROVED, f"com_{number}", [Posting(*_APPROVED, minor)])


def draft(
    entry_id: str, kind: EntryKind, subject: str, postings: Sequence[Posting], agreement: str = AGREEMENT
) -> EntryDraft:
    """Return the draft of an entry in euros about one agreement."""
    moves = posting_drafts(postings, agreement=agreement, currency="EUR", memo=subject)
    return EntryDraft(entry_id, kind, subject, "story", moves)


def payout(entry_id: str, kind: EntryKind, moves: Sequence[tuple[AccountKind, AccountKind, int]]) -> EntryDraft:
    """Return the draft of a step of a payout that pays the first commission."""
    postings = [Posting(*move) for move in moves]
    drafts = posting_drafts(postings, agreement=AGREEMENT, currency="EUR", memo="com_1")
    return EntryDraft(entry_id, kind, "pay_1", "story", drafts)


def posting(source: AccountName, destination: AccountName, minor: int = 1) -> PostingDraft:
    """Return the draft of one posting for the first commission."""
    return PostingDraft(source, destination, minor, "com_1")


_JUDGED = (AccountKind.EXPENSE, AccountKind.ACCRUED)
_APPROVED = (AccountKind.ACCRUED, AccountKind.PAYABLE)
