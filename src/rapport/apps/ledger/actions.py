"""Write the books: open one, book entries in batches, undo an entry by its mirror."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from rapport.apps.ledger.errors import (
    AlreadyMirrored,
    BookInAnotherCurrency,
    EntryDiffers,
    MirrorOfMirror,
    NoSuchBook,
    NoSuchEntry,
)
from rapport.apps.ledger.inputs import EntryDraft, PostingDraft
from rapport.apps.ledger.models import Book, Entry, LedgerAccount, Posting
from rapport.apps.ledger.queries import with_postings
from rapport.apps.record import actions as record
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.write import insert_rows, new_row, transaction, update_rows
from rapport.domain.books import AccountName, EntryKind
from rapport.domain.chain import SealedEntry, SealedPosting, entry_digest
from rapport.kit.ids import new_id

Accounts = Mapping[AccountName, LedgerAccount]


def open_book(*, subject: str, currency: str, by: Actor, at: datetime) -> Book:
    """Open the book of a program, or return it when it is open already; refuse another currency."""
    with transaction():
        book, opened = Book.objects.get_or_create(
            subject=subject, defaults={"id": new_id("bok", at=at), "currency": currency, "opened_at": at}
        )
        if book.currency != currency:
            raise BookInAnotherCurrency(subject=subject, currency=book.currency)
        if opened:
            record.audit(by=by, at=at, action="open_book", subject=book.id, data={"program": subject})
        return book


def change_book_currency(*, subject: str, currency: str, by: Actor, at: datetime) -> Book:
    """Give a book another currency while nothing is booked in it; after its first entry that is refused."""
    with transaction():
        book = _locked(subject)
        if book.entries_count:
            raise BookInAnotherCurrency(subject=subject, currency=book.currency)
        book.currency = currency
        update_rows([book], ("currency",))
        record.audit(by=by, at=at, action="change_book_currency", subject=book.id, data={"currency": currency})
        return book


def book_entries(
    *, book_subject: str, drafts: Sequence[EntryDraft], by: Actor, at: datetime, ids_are_new: bool = False
) -> list[Entry]:
    """Book entries in the order given and return them; a draft whose id is booked already returns that entry.

    Joins the caller's transaction, where the caller writes the audit row of its act: an entry says itself who booked
    it. The row of the book is locked until that transaction ends, so it is the last lock to take. Hundreds of
    entries cost a few statements, one less when the caller has just made their ids.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("entries are booked inside the transaction of the act that they record")
    book = _locked(book_subject)
    wanted = {draft.id: draft for draft in drafts}
    booked = {} if ids_are_new else _booked_before(book, wanted)
    fresh = [draft for draft in wanted.values() if draft.id not in booked]
    if fresh:
        accounts = _accounts(book, names=_names_in(fresh), at=at)
        entries = _chain(book, drafts=fresh, by=by, at=at)
        # The guards take an entry as the closing of its postings, so these come first.
        insert_rows(_postings(fresh, accounts), into=Posting)
        insert_rows(entries)
        update_rows([book], ("entries_count", "head_digest"))
        booked |= {entry.id: entry for entry in entries}
    return [booked[draft.id] for draft in drafts]


def reverse_entry(*, entry_id: str, mirror_id: str, reason: str, by: Actor, at: datetime) -> Entry:
    """Undo an entry by booking its mirror under the id given; the same id again returns the same mirror."""
    entry = Entry.objects.select_related("book").filter(id=entry_id).first()
    if entry is None:
        raise NoSuchEntry(entry_id)
    if entry.mirrors_id:
        raise MirrorOfMirror(entry_id)
    with transaction():
        _locked(entry.book.subject)
        mirror = Entry.objects.filter(mirrors=entry).first()
        if mirror and mirror.id != mirror_id:
            raise AlreadyMirrored(entry_id=entry_id, mirror_id=mirror.id)
        draft = EntryDraft(mirror_id, EntryKind.MIRRORED, entry.subject, reason, _turned_round(entry), mirrors=entry.id)
        return book_entries(book_subject=entry.book.subject, drafts=[draft], by=by, at=at)[0]


def _locked(book_subject: str) -> Book:
    for book in _locked_books(subject=book_subject):
        return book
    raise NoSuchBook(book_subject)


@composed
def _locked_books(subject: str) -> QuerySet[Book]:
    return Book.objects.select_for_update().filter(subject=subject)


def _booked_before(book: Book, wanted: Mapping[str, EntryDraft]) -> dict[str, Entry]:
    booked = {entry.id: entry for entry in with_postings(Entry.objects.filter(id__in=wanted))}
    for entry in booked.values():
        if entry.book_id != book.id or _draft_of(entry) != wanted[entry.id]:
            raise EntryDiffers(entry.id)
    return booked


def _draft_of(entry: Entry) -> EntryDraft:
    """Return what must have been handed in for this entry."""
    return EntryDraft(
        entry.id,
        EntryKind(entry.kind),
        entry.subject,
        entry.reason,
        _postings_of(entry),
        mirrors=entry.mirrors_id or "",
    )


def _postings_of(entry: Entry) -> tuple[PostingDraft, ...]:
    return tuple(
        PostingDraft(posting.source.name, posting.destination.name, posting.amount_minor, posting.memo)
        for posting in entry.postings.all()
    )


def _turned_round(entry: Entry) -> tuple[PostingDraft, ...]:
    return tuple(
        PostingDraft(posting.destination, posting.source, posting.minor, posting.memo)
        for posting in _postings_of(with_postings(Entry.objects.filter(id=entry.id)).get())
    )


def _names_in(drafts: Iterable[EntryDraft]) -> set[AccountName]:
    return {name for draft in drafts for posting in draft.postings for name in (posting.source, posting.destination)}


def _accounts(book: Book, *, names: set[AccountName], at: datetime) -> Accounts:
    """Return the accounts of these names, opening those that are missing; the lock on the book makes it safe."""
    nearby = _accounts_near(
        book_id=book.id,
        kinds=sorted({name.kind.value for name in names}),
        owners=sorted({name.owner for name in names}),
    )
    accounts = {account.name: account for account in nearby}
    missing = [_new_account(book, name=name, at=at) for name in sorted(names - accounts.keys(), key=str)]
    insert_rows(missing)
    return accounts | {account.name: account for account in missing}


@composed
def _accounts_near(book_id: str, kinds: Sequence[str], owners: Sequence[str]) -> QuerySet[LedgerAccount]:
    return LedgerAccount.objects.filter(book_id=book_id, kind__in=kinds, owner__in=owners)


def _new_account(book: Book, *, name: AccountName, at: datetime) -> LedgerAccount:
    return LedgerAccount(
        id=new_id("acc", at=at),
        book=book,
        kind=name.kind.value,
        owner=name.owner,
        currency=name.currency,
        opened_at=at,
    )


def _chain(book: Book, *, drafts: Iterable[EntryDraft], by: Actor, at: datetime) -> list[Entry]:
    """Return the entries that continue the chain, and move the head of the book, both unsaved."""
    entries = []
    for draft in drafts:
        book.entries_count += 1
        entry = new_row(
            Entry,
            id=draft.id,
            book_id=book.id,
            number=book.entries_count,
            kind=draft.kind.value,
            booked_at=at,
            subject=draft.subject,
            reason=draft.reason,
            actor_kind=by.kind.value,
            actor_id=by.id,
            mirrors_id=draft.mirrors or None,
            postings_count=len(draft.postings),
            previous_digest=book.head_digest,
        )
        entry.digest = book.head_digest = entry_digest(entry.previous_digest, _sealed(entry, draft.postings))
        entries.append(entry)
    return entries


def _sealed(entry: Entry, postings: Iterable[PostingDraft]) -> SealedEntry:
    return SealedEntry(
        book_id=entry.book_id,
        number=entry.number,
        id=entry.id,
        kind=entry.kind,
        booked_at=entry.booked_at,
        subject=entry.subject,
        reason=entry.reason,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        mirrors_id=entry.mirrors_id or "",
        postings=tuple(_sealed_posting(posting) for posting in postings),
    )


def _sealed_posting(posting: PostingDraft) -> SealedPosting:
    source, destination = posting.source, posting.destination
    return SealedPosting(
        source.kind, source.owner, destination.kind, destination.owner, source.currency, posting.minor, posting.memo
    )


class _NewPosting(NamedTuple):
    """The columns of a posting, which is only written."""

    entry_id: str
    position: int
    source_id: str
    destination_id: str
    amount_minor: int
    currency: str
    memo: str


def _postings(drafts: Iterable[EntryDraft], accounts: Accounts) -> list[_NewPosting]:
    return [
        _NewPosting(
            entry_id=draft.id,
            position=position,
            source_id=accounts[posting.source].id,
            destination_id=accounts[posting.destination].id,
            amount_minor=posting.minor,
            currency=posting.source.currency,
            memo=posting.memo,
        )
        for draft in drafts
        for position, posting in enumerate(draft.postings)
    ]
