"""The recount finds whatever was changed behind the guards' back, and says so in a sentence."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from rapport.apps.ledger import guards
from rapport.apps.ledger.actions import book_entries, reverse_entry
from rapport.apps.ledger.models import Book
from rapport.apps.ledger.queries import recount
from rapport.apps.ledger.queries.recount import MOST_PROBLEMS
from rapport.domain.books import AccountKind, EntryKind, Posting
from tests.apps.ledger.cast import (
    ACCRUED,
    AGREEMENT,
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
)
from tests.support.databases import FreshDatabase

SEALED = "entry 2 is not what was sealed; somebody changed it."

TAMPERINGS = [
    ("UPDATE ledger_entry SET reason = 'better' WHERE number = 2", [SEALED]),
    ("UPDATE ledger_entry SET booked_at = '2026-05-03 12:00:00+00:00' WHERE number = 2", [SEALED]),
    ("UPDATE ledger_entry SET actor_id = 'somebody' WHERE number = 2", [SEALED]),
    ("UPDATE ledger_entry SET mirrors_id = 'ent_judged_1' WHERE number = 2", [SEALED]),
    (
        "UPDATE ledger_posting SET amount_minor = 1201 WHERE entry_id = 'ent_approved_1'",
        [SEALED, "entry 2 takes accrued EUR of agr_anna below zero, to -1 minor units."],
    ),
    ("UPDATE ledger_posting SET memo = 'com_2' WHERE entry_id = 'ent_approved_1'", [SEALED]),
    ("UPDATE ledger_account SET owner = 'agr_thief' WHERE kind = 'payable'", [SEALED]),
    (
        "UPDATE ledger_posting SET currency = 'USD' WHERE entry_id = 'ent_approved_1'",
        [
            SEALED,
            "entry 2 (approved) moves 1200 minor units of USD from accrued EUR of agr_anna to payable EUR of agr_anna.",
        ],
    ),
    (
        "UPDATE ledger_entry SET kind = 'invented' WHERE number = 2",
        [
            SEALED,
            "entry 2 (invented) moves 1200 minor units of EUR from accrued EUR of agr_anna to payable EUR of agr_anna.",
        ],
    ),
    (
        "UPDATE ledger_entry SET kind = 'reserved' WHERE number = 2",
        [
            SEALED,
            "entry 2 (reserved) moves 1200 minor units of EUR from accrued EUR of agr_anna to payable EUR of agr_anna.",
        ],
    ),
    (
        "DELETE FROM ledger_posting WHERE entry_id = 'ent_approved_1'",
        ["entry 2 counts 1 postings and has 0.", SEALED],
    ),
    (
        "DELETE FROM ledger_posting WHERE entry_id = 'ent_approved_1'; DELETE FROM ledger_entry WHERE number = 2",
        ["entry 3 follows entry 1; the entries between them are missing."],
    ),
    (
        "DELETE FROM ledger_posting WHERE entry_id = 'ent_judged_2'; DELETE FROM ledger_entry WHERE number = 3",
        ["the book says that entry 3 is its last; it is 2, or sealed otherwise."],
    ),
    (
        "UPDATE ledger_entry SET digest = upper(digest) WHERE number = 2",
        [SEALED, "entry 3 does not continue the chain."],
    ),
    (
        "UPDATE ledger_entry SET previous_digest = upper(previous_digest) WHERE number = 2",
        ["entry 2 does not continue the chain.", SEALED],
    ),
    (
        "UPDATE ledger_book SET entries_count = 2",
        ["the book says that entry 2 is its last; it is 3, or sealed otherwise."],
    ),
    (
        "UPDATE ledger_book SET head_digest = upper(head_digest)",
        ["the book says that entry 3 is its last; it is 3, or sealed otherwise."],
    ),
    (
        "UPDATE ledger_posting SET source_id = 'acc_other' WHERE entry_id = 'ent_approved_1'",
        ["entry 2 moves money outside its book."],
    ),
    (
        "UPDATE ledger_posting SET destination_id = 'acc_other' WHERE entry_id = 'ent_approved_1'",
        ["entry 2 moves money outside its book."],
    ),
]


@pytest.mark.parametrize(("statements", "sentences"), TAMPERINGS)
def test_a_change_behind_the_guards_is_found(
    fresh_database: FreshDatabase, statements: str, sentences: list[str]
) -> None:
    opened()
    another_book()
    booked(judged(1), approved(1), judged(2))
    assert recount(PROGRAM).problems == []
    without_guards(statements)
    assert recount(PROGRAM).problems == [f"{PROGRAM}: {sentence}" for sentence in sentences]


@pytest.mark.django_db
def test_a_sound_book_is_counted_whole() -> None:
    opened()
    booked(judged(1), approved(1), judged(2, 300))
    found = recount(PROGRAM)
    assert (found.entries, found.postings, found.problems) == (3, 3, [])
    assert found.balances == {EXPENSE: -1500, ACCRUED: 300, PAYABLE: 1200}


@pytest.mark.django_db
def test_an_empty_book_is_sound_and_a_missing_one_is_not_found() -> None:
    opened()
    assert recount(PROGRAM).problems == []
    with pytest.raises(Book.DoesNotExist):
        recount("prg_nobody")


@pytest.mark.django_db
def test_a_book_of_several_pages_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("rapport.apps.ledger.queries.recount"), "PAGE", 10)
    opened()
    booked(*(judged(number, 1) for number in range(21)))
    found = recount(PROGRAM)
    assert (found.entries, found.balances[ACCRUED], found.problems) == (21, 21, [])


@pytest.mark.django_db
def test_money_taken_from_where_there_is_none_is_said_once() -> None:
    opened()
    fall = [Posting(AccountKind.ACCRUED, AccountKind.EXPENSE, 50)]
    booked(judged(1, 80), *(draft(f"ent_{number}", EntryKind.REVERSED, "com_1", fall) for number in range(3)))
    assert recount(PROGRAM).problems == [
        "prg_crazy: entry 3 takes accrued EUR of agr_anna below zero, to -20 minor units.",
    ]


@pytest.mark.django_db
def test_money_taken_from_an_account_that_never_had_any_is_said() -> None:
    opened()
    fall = [Posting(AccountKind.ACCRUED, AccountKind.EXPENSE, 1)]
    booked(draft("ent_1", EntryKind.REVERSED, "com_1", fall))
    assert recount(PROGRAM).problems == [
        "prg_crazy: entry 1 takes accrued EUR of agr_anna below zero, to -1 minor units.",
    ]


@pytest.mark.django_db
def test_payable_may_go_below_zero() -> None:
    opened()
    booked(draft("ent_1", EntryKind.REVERSED, "com_1", [Posting(AccountKind.PAYABLE, AccountKind.EXPENSE, 50)]))
    found = recount(PROGRAM)
    assert (found.balances[PAYABLE], found.problems) == (-50, [])


def test_no_more_sentences_are_made_than_anybody_reads(fresh_database: FreshDatabase) -> None:
    opened()
    booked(*(judged(number) for number in range(MOST_PROBLEMS + 20)))
    without_guards("UPDATE ledger_entry SET reason = 'better'")
    assert len(recount(PROGRAM).problems) == MOST_PROBLEMS


def test_entries_are_booked_only_inside_the_act_that_they_record(fresh_database: FreshDatabase) -> None:
    opened()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        book_entries(book_subject=PROGRAM, drafts=[judged(1)], by=INTAKE, at=NOON)
    booked(judged(1))
    # Undoing is an act of its own and opens its transaction itself.
    reverse_entry(entry_id="ent_judged_1", mirror_id="ent_mirror", reason="mistake", by=INTAKE, at=NOON)
    assert recount(PROGRAM).balances == {EXPENSE: 0, ACCRUED: 0}


def another_book() -> None:
    """Open a second book with an account whose id the statements can name."""
    book = Book.objects.create(id="bok_other", subject="prg_other", currency="EUR", opened_at=NOON)
    book.accounts.create(id="acc_other", kind=AccountKind.ACCRUED, owner=AGREEMENT, currency="EUR", opened_at=NOON)


def without_guards(statements: str) -> None:
    """Change rows as the owner of the database could who takes the guards away first."""
    with connection.schema_editor() as editor:
        guards.drop(apps, editor)
        for statement in statements.split("; "):
            editor.execute(statement, params=None)
