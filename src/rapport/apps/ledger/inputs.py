"""What callers hand to the ledger: entries to be booked, sound by construction."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapport.domain.books import AGREEMENT_KINDS, AccountKind, AccountName, EntryKind, Posting, allowed


class UnsoundDraft(ValueError):
    """An entry that may never be booked: a mistake in our own code, found before anything is written."""


@dataclass(frozen=True, slots=True)
class PostingDraft:
    """A movement to be booked; `memo` is the public id of the thing whose money moves, such as a commission."""

    source: AccountName
    destination: AccountName
    minor: int
    memo: str

    def __post_init__(self) -> None:
        """Refuse what the database would refuse later, and less clearly."""
        if self.minor <= 0:
            raise UnsoundDraft(f"a posting moves a positive amount, not {self.minor}")
        if self.source == self.destination or self.source.currency != self.destination.currency:
            raise UnsoundDraft(f"a posting cannot move from {self.source} to {self.destination}")


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry to be booked. The caller makes the id, so that booking it twice is booking it once."""

    id: str
    kind: EntryKind
    subject: str
    reason: str
    postings: tuple[PostingDraft, ...]
    mirrors: str = ""

    def __post_init__(self) -> None:
        """Refuse an entry without postings, and one that moves money where its kind never does."""
        if not self.postings:
            raise UnsoundDraft(f"entry {self.id} has no postings")
        if (self.kind is EntryKind.MIRRORED) != bool(self.mirrors):
            raise UnsoundDraft(f"entry {self.id}: a mirror, and nothing else, names the entry that it mirrors")
        for posting in self.postings:
            if not allowed(self.kind, (posting.source.kind, posting.destination.kind)):
                raise UnsoundDraft(f"{self.kind} never moves money from {posting.source} to {posting.destination}")


def posting_drafts(
    postings: Iterable[Posting], *, agreement: str, currency: str, memo: str
) -> tuple[PostingDraft, ...]:
    """Turn what the rules decided for one agreement into postings between accounts."""

    def account(kind: AccountKind) -> AccountName:
        return AccountName(kind, agreement if kind in AGREEMENT_KINDS else "", currency)

    return tuple(
        PostingDraft(account(posting.source), account(posting.destination), posting.minor, memo) for posting in postings
    )
