"""The recount: reads a whole book from its first entry and says everything that is not as it must be."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.apps.ledger.models import Book, Entry, LedgerAccount, Posting
from rapport.domain.books import NEVER_BELOW_ZERO, AccountName, EntryKind, allowed
from rapport.domain.chain import GENESIS, SealedEntry, SealedPosting, entry_digest

PAGE: Final = 2_000
"""Entries read at once: memory stays the same however long the book is."""

MOST_PROBLEMS: Final = 100
"""One broken link may break all that follow; nobody reads more sentences than these."""


@dataclass(slots=True)
class Recount:
    """What the recount of one book found: balances in minor units, problems as sentences (none: all is well)."""

    book_subject: str
    entries: int = 0
    postings: int = 0
    balances: dict[AccountName, int] = field(default_factory=lambda: defaultdict(int))
    problems: list[str] = field(default_factory=list)

    def report(self, sentence: str, **values: object) -> None:
        """Add a problem, unless there are more than anybody reads."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(sentence % {"book": self.book_subject, **values})


class _EntryRow(NamedTuple):
    """An entry as it is stored; the fields up to the actor's id stand in the order of `SealedEntry`."""

    number: int
    id: str
    kind: str
    booked_at: datetime
    subject: str
    reason: str
    actor_kind: str
    actor_id: str
    mirrors_id: str | None
    postings_count: int
    previous_digest: str
    digest: str


class _PostingRow(NamedTuple):
    """A posting as it is stored."""

    entry_id: str
    source_id: str
    destination_id: str
    currency: str
    amount_minor: int
    memo: str


class _Move(NamedTuple):
    """A posting with its accounts by name."""

    source: AccountName
    destination: AccountName
    currency: str
    amount_minor: int
    memo: str


_Accounts = dict[str, AccountName]
_KINDS: Final = {kind.value: kind for kind in EntryKind}


def recount(book_subject: str) -> Recount:
    """Recount a book up to the entry that was its last when the recount began; raise `Book.DoesNotExist`.

    Checks that numbers have no gaps, that every entry continues the chain and is what its digest sealed, has the
    postings it counts, moves money only as its kind may and within its book and one currency, that nothing went below
    zero that never may, and that the head of the book is its last entry.
    """
    book = Book.objects.annotate(last_number=Max("entries__number")).get(subject=book_subject)
    # Accounts opened from now on cannot be in the entries that are read.
    accounts = {account.id: account.name for account in LedgerAccount.objects.filter(book=book)}
    found = Recount(book_subject)
    number, digest = 0, GENESIS
    for entry, postings in _entries(book.id, book.last_number or 0):
        _check_link(found, entry, number=number, digest=digest)
        moves = _moves(postings, accounts)
        if moves is None:
            found.report(_("%(book)s: entry %(number)s moves money outside its book."), number=entry.number)
        else:
            _check_seal(found, entry, book_id=book.id, moves=moves)
            _check_moves(found, entry, moves)
        number, digest = entry.number, entry.digest
    if (book.entries_count, book.head_digest) != (number, digest):
        found.report(
            _("%(book)s: the book says that its last entry is %(head)s, but it is %(number)s or sealed otherwise."),
            head=book.entries_count,
            number=number,
        )
    return found


def stray_postings() -> int:
    """Return how many postings in all books belong to no entry; there must be none."""
    return Posting.objects.exclude(entry_id__in=Entry.objects.values("id")).count()


def _entries(book_id: str, last_number: int) -> Iterator[tuple[_EntryRow, list[_PostingRow]]]:
    for start in range(0, last_number, PAGE):
        numbers = (start + 1, min(start + PAGE, last_number))
        postings: dict[str, list[_PostingRow]] = defaultdict(list)
        for posting in (
            Posting.objects.filter(entry__book_id=book_id, entry__number__range=numbers)
            .order_by("entry__number", "position")
            .values_list(*_PostingRow._fields)
        ):
            postings[posting[0]].append(_PostingRow._make(posting))
        for entry in (
            Entry.objects.filter(book_id=book_id, number__range=numbers)
            .order_by("number")
            .values_list(*_EntryRow._fields)
        ):
            row = _EntryRow._make(entry)
            yield row, postings[row.id]


def _moves(postings: Sequence[_PostingRow], accounts: _Accounts) -> list[_Move] | None:
    """Return the postings with their accounts by name, or nothing when one is not of this book."""
    try:
        return [
            _Move(accounts[row.source_id], accounts[row.destination_id], row.currency, row.amount_minor, row.memo)
            for row in postings
        ]
    except KeyError:
        return None


def _check_link(found: Recount, entry: _EntryRow, *, number: int, digest: str) -> None:
    found.entries += 1
    if entry.number != number + 1:
        found.report(
            _("%(book)s: entry %(number)s follows entry %(before)s; the entries between them are missing."),
            number=entry.number,
            before=number,
        )
    elif entry.previous_digest != digest:
        found.report(_("%(book)s: entry %(number)s does not continue the chain."), number=entry.number)


def _check_seal(found: Recount, entry: _EntryRow, *, book_id: str, moves: Sequence[_Move]) -> None:
    sealed = SealedEntry(
        book_id,
        *entry[:8],
        mirrors_id=entry.mirrors_id or "",
        postings=tuple(
            SealedPosting(
                move.source.kind,
                move.source.owner,
                move.destination.kind,
                move.destination.owner,
                move.currency,
                move.amount_minor,
                move.memo,
            )
            for move in moves
        ),
    )
    if entry_digest(entry.previous_digest, sealed) != entry.digest:
        found.report(_("%(book)s: entry %(number)s is not what was sealed; somebody changed it."), number=entry.number)


def _check_moves(found: Recount, entry: _EntryRow, moves: Sequence[_Move]) -> None:
    found.postings += len(moves)
    if len(moves) != entry.postings_count or not moves:
        found.report(
            _("%(book)s: entry %(number)s counts %(counted)s postings and has %(has)s."),
            number=entry.number,
            counted=entry.postings_count,
            has=len(moves),
        )
    for move in moves:
        if not _may(entry.kind, move):
            found.report(
                _("%(book)s: entry %(number)s (%(kind)s) moves %(minor)s %(currency)s from %(source)s to %(to)s."),
                number=entry.number,
                kind=entry.kind,
                minor=move.amount_minor,
                currency=move.currency,
                source=move.source,
                to=move.destination,
            )
        _apply(found, entry, move)


def _may(kind: str, move: _Move) -> bool:
    return (
        kind in _KINDS
        and allowed(_KINDS[kind], (move.source.kind, move.destination.kind))
        and move.source.currency == move.destination.currency == move.currency
        and move.amount_minor > 0
    )


def _apply(found: Recount, entry: _EntryRow, move: _Move) -> None:
    found.balances[move.destination] += move.amount_minor
    before = found.balances[move.source]
    found.balances[move.source] = after = before - move.amount_minor
    # Said once, where it happened, not at every entry after it.
    if after < 0 <= before and move.source.kind in NEVER_BELOW_ZERO:
        found.report(
            _("%(book)s: entry %(number)s takes %(account)s below zero, to %(minor)s."),
            number=entry.number,
            account=move.source,
            minor=after,
        )
