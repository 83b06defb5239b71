"""Entries are booked in order, once, inside the act that they record, and undone by their mirror."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.apps.ledger.actions import change_book_currency, open_book, reverse_entry
from rapport.apps.ledger.errors import (
    AlreadyMirrored,
    BookInAnotherCurrency,
    EntryDiffers,
    MirrorOfMirror,
    NoSuchBook,
    NoSuchEntry,
)
from rapport.apps.ledger.inputs import EntryDraft, UnsoundDraft
from rapport.apps.ledger.models import Book, Entry, LedgerAccount, Posting
from rapport.apps.ledger.queries import balance, recount
from rapport.apps.record.models import AuditRow
from rapport.domain.books import AccountKind, AccountName, EntryKind
from rapport.domain.books import Posting as Move
from rapport.domain.chain import GENESIS
from tests.apps.ledger.cast import (
    ACCRUED,
    EXPENSE,
    INTAKE,
    NOON,
    PAYABLE,
    PROGRAM,
    approved,
    booked,
    draft,
    judged,
    opened,
    posting,
)

pytestmark = pytest.mark.django_db


def test_a_book_is_opened_once_and_says_so_in_the_record() -> None:
    first = open_book(subject=PROGRAM, currency="EUR", by=INTAKE, at=NOON)
    again = open_book(subject=PROGRAM, currency="EUR", by=INTAKE, at=NOON + timedelta(days=1))
    assert (first.id, first.opened_at, str(first)) == (again.id, NOON, "book of prg_crazy")
    assert first.id.startswith("bok_")
    [row] = AuditRow.objects.filter(subject=first.id)
    assert (row.action, row.actor_id, row.at, row.data) == ("open_book", "intake", NOON, {"program": PROGRAM})


def test_a_book_never_changes_its_currency() -> None:
    opened()
    with pytest.raises(BookInAnotherCurrency, match="The book of prg_crazy counts in EUR"):
        open_book(subject=PROGRAM, currency="USD", by=INTAKE, at=NOON)


def test_an_empty_book_may_be_given_another_currency_and_one_with_entries_not() -> None:
    opened()
    changed = change_book_currency(subject=PROGRAM, currency="USD", by=INTAKE, at=NOON)
    assert Book.objects.get().currency == changed.currency == "USD"
    row = AuditRow.objects.get(action="change_book_currency")
    assert (row.subject, row.actor_id, row.at, row.data) == (changed.id, "intake", NOON, {"currency": "USD"})
    change_book_currency(subject=PROGRAM, currency="EUR", by=INTAKE, at=NOON)
    booked(judged(1))
    with pytest.raises(BookInAnotherCurrency, match="The book of prg_crazy counts in EUR"):
        change_book_currency(subject=PROGRAM, currency="USD", by=INTAKE, at=NOON)


def test_entries_continue_the_chain_in_the_order_given() -> None:
    opened()
    one, two = booked(judged(1), approved(1))
    (three,) = booked(judged(2))
    assert [entry.number for entry in (one, two, three)] == [1, 2, 3]
    assert [one.previous_digest, two.previous_digest, three.previous_digest] == [GENESIS, one.digest, two.digest]
    assert Book.objects.values_list("entries_count", "head_digest").get() == (3, three.digest)
    assert (one.actor_kind, one.actor_id, one.booked_at, one.reason) == ("system", "intake", NOON, "story")
    assert recount(PROGRAM).problems == []


def test_money_arrives_where_the_postings_say() -> None:
    opened()
    booked(judged(1, 1200), approved(1, 1200), judged(2, 300))
    assert [balance(PROGRAM, name) for name in (EXPENSE, ACCRUED, PAYABLE)] == [-1500, 300, 1200]
    assert LedgerAccount.objects.count() == 3
    assert set(LedgerAccount.objects.values_list("opened_at", flat=True)) == {NOON}


def test_an_entry_is_kept_as_it_was_handed_in() -> None:
    book_id = Book.objects.get(subject=opened()).id
    postings = [Move(AccountKind.RESERVED, AccountKind.PAID, 7), Move(AccountKind.FUNDING, AccountKind.TRANSIT, 5)]
    booked(draft("ent_settled", EntryKind.SETTLED, "pay_1", postings))
    entry = Entry.objects.get()
    assert (entry.id, entry.book_id, entry.number, entry.kind) == ("ent_settled", book_id, 1, "settled")
    assert (entry.subject, entry.reason, entry.mirrors_id, entry.postings_count) == ("pay_1", "story", None, 2)
    rows = Posting.objects.order_by("position").values_list(
        "entry_id", "position", "source__kind", "destination__kind", "amount_minor", "currency", "memo"
    )
    assert list(rows) == [
        ("ent_settled", 0, "reserved", "paid", 7, "EUR", "pay_1"),
        ("ent_settled", 1, "funding", "transit", 5, "EUR", "pay_1"),
    ]


def test_the_same_entry_booked_twice_is_booked_once() -> None:
    opened()
    first = booked(judged(1), judged(2))
    again = booked(judged(2), judged(3), judged(1))
    assert [entry.id for entry in again] == ["ent_judged_2", "ent_judged_3", "ent_judged_1"]
    assert (again[0].digest, again[2].digest) == (first[1].digest, first[0].digest)
    assert booked(judged(4), judged(4))[0].number == 4
    assert Entry.objects.count() == Posting.objects.count() == 4


def test_nothing_given_is_nothing_booked() -> None:
    opened()
    assert booked() == []


def test_an_id_that_comes_again_with_other_postings_is_refused_and_nothing_is_booked() -> None:
    opened()
    booked(judged(1, 1200))
    with pytest.raises(EntryDiffers, match="ent_judged_1 is in the books already"):
        booked(judged(2), judged(1, 1201))
    assert Entry.objects.count() == 1


def test_an_id_of_another_programs_entry_is_refused() -> None:
    opened()
    opened("prg_other")
    booked(judged(1))
    with pytest.raises(EntryDiffers):
        booked(judged(1), program="prg_other")


def test_a_program_without_a_book_is_refused() -> None:
    with pytest.raises(NoSuchBook, match="no book for prg_nobody"):
        booked(judged(1), program="prg_nobody")


def test_hundreds_of_entries_cost_few_statements() -> None:
    opened()
    booked(judged(0))
    with CaptureQueriesContext(connection) as statements:
        booked(*(judged(number, agreement=f"agr_{number % 50}") for number in range(1, 301)))
    assert len(statements) < 25


def test_an_entry_is_undone_by_its_mirror() -> None:
    opened()
    booked(judged(1), approved(1))
    mirror = mirrored("ent_approved_1", "ent_mirror")
    assert (mirror.kind, mirror.mirrors_id, mirror.subject) == ("mirrored", "ent_approved_1", "com_1")
    assert (mirror.reason, mirror.actor_id, mirror.booked_at) == ("mistake", "intake", NOON)
    assert mirror.postings.get().memo == "com_1"
    assert [balance(PROGRAM, name) for name in (EXPENSE, ACCRUED, PAYABLE)] == [-1200, 1200, 0]
    assert mirrored("ent_approved_1", "ent_mirror").digest == mirror.digest
    assert recount(PROGRAM).problems == []


def test_an_entry_is_undone_at_most_once() -> None:
    opened()
    booked(judged(1))
    mirrored("ent_judged_1", "ent_mirror")
    with pytest.raises(AlreadyMirrored, match="undone already by entry ent_mirror"):
        mirrored("ent_judged_1", "ent_second_mirror")
    with pytest.raises(MirrorOfMirror, match="Entry ent_mirror undoes another one"):
        mirrored("ent_mirror", "ent_mirror_of_mirror")
    with pytest.raises(NoSuchEntry, match="no entry ent_nothing"):
        mirrored("ent_nothing", "ent_mirror_of_nothing")


@pytest.mark.parametrize("minor", [0, -1])
def test_a_draft_moves_a_positive_amount(minor: int) -> None:
    with pytest.raises(UnsoundDraft, match="positive amount"):
        posting(EXPENSE, ACCRUED, minor)


def test_a_draft_stays_in_one_currency_and_moves_somewhere() -> None:
    for destination in (AccountName(AccountKind.ACCRUED, "agr_anna", "USD"), EXPENSE):
        with pytest.raises(UnsoundDraft, match="cannot move from expense EUR"):
            posting(EXPENSE, destination)


def test_a_draft_has_postings_and_moves_money_only_as_its_kind_may() -> None:
    with pytest.raises(UnsoundDraft, match="has no postings"):
        EntryDraft("ent_1", EntryKind.JUDGED, "com_1", "", ())
    with pytest.raises(UnsoundDraft, match="approved never moves money from expense EUR"):
        EntryDraft("ent_1", EntryKind.APPROVED, "com_1", "", (posting(EXPENSE, ACCRUED),))
    for kind, mirrors in ((EntryKind.MIRRORED, ""), (EntryKind.JUDGED, "ent_0")):
        with pytest.raises(UnsoundDraft, match="names the entry that it mirrors"):
            EntryDraft("ent_1", kind, "com_1", "", (posting(EXPENSE, ACCRUED),), mirrors=mirrors)


def mirrored(entry_id: str, mirror_id: str) -> Entry:
    return reverse_entry(entry_id=entry_id, mirror_id=mirror_id, reason="mistake", by=INTAKE, at=NOON)
