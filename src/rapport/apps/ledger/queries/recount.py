"""The recount: reads a whole book from its first entry and says everything that is not as it must be."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

_KINDS: Final = {kind.value: kind for kind in EntryKind}


@dataclass(frozen=True, slots=True)
class Recount:
    """What the recount of one book found: balances in minor units, problems as sentences (none: all is well)."""

    entries: int
    postings: int
    balances: dict[AccountName, int]
    problems: list[str]


def recount(book_subject: str) -> Recount:
    """Recount a book up to the entry that was its last when the recount began; raise `Book.DoesNotExist`.

    Checks that numbers have no gaps, that every entry continues the chain and is what its digest sealed, has the
    postings it counts, moves money only as its kind may and within its book and one currency, that nothing went below
    zero that never may, and that the head of the book is its last entry.
    """
    book = Book.objects.annotate(last_number=Max("entries__number")).get(subject=book_subject)
    # Accounts opened from now on cannot be in the entries that are read.
    accounts = {account.id: account.name for account in LedgerAccount.objects.filter(book=book)}
    counter = _Counter(book, accounts)
    for entry, postings in _entries(book.id, book.last_number or 0):
        counter.count(entry, postings)
    counter.check_head()
    return counter.result()


def stray_postings() -> int:
    """Return how many postings in all books belong to no entry; there must be none."""
    return Posting.objects.exclude(entry_id__in=Entry.objects.values("id")).count()


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


def _entries(book_id: str, last_number: int) -> Iterator[tuple[_EntryRow, list[_PostingRow]]]:
    for start in range(0, last_number, PAGE):
        numbers = (start + 1, min(start + PAGE, last_number))
        postings = _postings_by_entry(book_id, numbers)
        entries = Entry.objects.filter(book_id=book_id, number__range=numbers).order_by("number")
        for row in entries.values_list(*_EntryRow._fields):
            entry = _EntryRow._make(row)
            yield entry, postings[entry.id]


def _postings_by_entry(book_id: str, numbers: tuple[int, int]) -> dict[str, list[_PostingRow]]:
    found: dict[str, list[_PostingRow]] = defaultdict(list)
    postings = Posting.objects.filter(entry__book_id=book_id, entry__number__range=numbers)
    for row in postings.order_by("entry__number", "position").values_list(*_PostingRow._fields):
        posting = _PostingRow._make(row)
        found[posting.entry_id].append(posting)
    return found


class _Counter:
    """Goes through one book entry by entry and remembers where it is, what it summed and what it found."""

    def __init__(self, book: Book, accounts: dict[str, AccountName]) -> None:
        """Begin before the first entry."""
        self._book = book
        self._accounts = accounts
        self._number = self._entries = self._postings = 0
        self._digest = GENESIS
        self._minor: dict[str, int] = defaultdict(int)
        self._problems: list[str] = []

    def count(self, entry: _EntryRow, postings: Sequence[_PostingRow]) -> None:
        """Check the next entry and add its movements to the balances."""
        self._check_link(entry)
        self._check_count(entry, postings)
        if all(row.source_id in self._accounts and row.destination_id in self._accounts for row in postings):
            self._check_seal(entry, postings)
            self._check_moves(entry, postings)
        else:
            self._report(_("%(book)s: entry %(number)s moves money outside its book."), number=entry.number)
        self._number, self._digest = entry.number, entry.digest

    def check_head(self) -> None:
        """Check that the book ends where it says that it ends."""
        if (self._book.entries_count, self._book.head_digest) != (self._number, self._digest):
            self._report(
                _("%(book)s: the book says that entry %(head)s is its last; it is %(number)s, or sealed otherwise."),
                head=self._book.entries_count,
                number=self._number,
            )

    def result(self) -> Recount:
        """Return what was counted."""
        balances = {self._accounts[account_id]: minor for account_id, minor in self._minor.items()}
        return Recount(self._entries, self._postings, balances, self._problems)

    def _check_link(self, entry: _EntryRow) -> None:
        self._entries += 1
        if entry.number != self._number + 1:
            self._report(
                _("%(book)s: entry %(number)s follows entry %(before)s; the entries between them are missing."),
                number=entry.number,
                before=self._number,
            )
        elif entry.previous_digest != self._digest:
            self._report(_("%(book)s: entry %(number)s does not continue the chain."), number=entry.number)

    def _check_count(self, entry: _EntryRow, postings: Sequence[_PostingRow]) -> None:
        self._postings += len(postings)
        if len(postings) != entry.postings_count or not postings:
            self._report(
                _("%(book)s: entry %(number)s counts %(counted)s postings and has %(has)s."),
                number=entry.number,
                counted=entry.postings_count,
                has=len(postings),
            )

    def _check_seal(self, entry: _EntryRow, postings: Sequence[_PostingRow]) -> None:
        sealed_postings = tuple(self._sealed(row) for row in postings)
        sealed = SealedEntry(self._book.id, *entry[:8], entry.mirrors_id or "", sealed_postings)
        if entry_digest(entry.previous_digest, sealed) != entry.digest:
            self._report(
                _("%(book)s: entry %(number)s is not what was sealed; somebody changed it."), number=entry.number
            )

    def _sealed(self, row: _PostingRow) -> SealedPosting:
        source, destination = self._accounts[row.source_id], self._accounts[row.destination_id]
        return SealedPosting(
            source.kind, source.owner, destination.kind, destination.owner, row.currency, row.amount_minor, row.memo
        )

    def _check_moves(self, entry: _EntryRow, postings: Sequence[_PostingRow]) -> None:
        for row in postings:
            source, destination = self._accounts[row.source_id], self._accounts[row.destination_id]
            if not _may(entry.kind, row, source=source, destination=destination):
                self._report(
                    _(
                        "%(book)s: entry %(number)s (%(kind)s) moves %(minor)s minor units of %(currency)s"
                        " from %(source)s to %(to)s."
                    ),
                    number=entry.number,
                    kind=entry.kind,
                    minor=row.amount_minor,
                    currency=row.currency,
                    source=source,
                    to=destination,
                )
        self._move(entry, postings)

    def _move(self, entry: _EntryRow, postings: Sequence[_PostingRow]) -> None:
        """Add the movements of one entry; what it does between its postings nobody ever sees."""
        before_minor = {row.source_id: self._minor[row.source_id] for row in postings}
        for row in postings:
            self._minor[row.source_id] -= row.amount_minor
            self._minor[row.destination_id] += row.amount_minor
        for account_id, minor in before_minor.items():
            account = self._accounts[account_id]
            # Said once, where it happened, not at every entry after it.
            if self._minor[account_id] < 0 <= minor and account.kind in NEVER_BELOW_ZERO:
                self._report(
                    _("%(book)s: entry %(number)s takes %(account)s below zero, to %(minor)s minor units."),
                    number=entry.number,
                    account=account,
                    minor=self._minor[account_id],
                )

    def _report(self, sentence: str, **values: object) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(sentence % {"book": self._book.subject, **values})


def _may(kind: str, row: _PostingRow, *, source: AccountName, destination: AccountName) -> bool:
    return (
        kind in _KINDS
        and allowed(_KINDS[kind], (source.kind, destination.kind))
        and source.currency == destination.currency == row.currency
        and row.amount_minor > 0
    )
