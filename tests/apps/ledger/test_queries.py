"""Balances and entries, as pages and other apps ask for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.apps.ledger.queries import (
    balance,
    balances_of,
    balances_of_program,
    book_of,
    booked_of,
    entries_moving,
    entries_of,
    entries_of_book,
)
from rapport.domain.books import AccountKind, AccountName, Booked, EntryKind, Posting
from tests.apps.ledger.cast import (
    ACCRUED,
    AGREEMENT,
    EXPENSE,
    PAYABLE,
    PROGRAM,
    approved,
    booked,
    draft,
    judged,
    opened,
    payout,
)

pytestmark = pytest.mark.django_db

PAYABLE_KIND, RESERVED, PAID = AccountKind.PAYABLE, AccountKind.RESERVED, AccountKind.PAID
BORIS = AccountName(AccountKind.ACCRUED, "agr_boris", "EUR")


@pytest.fixture(autouse=True)
def a_commission_half_refunded_after_its_payout() -> None:
    opened()
    refund = [Posting(PAYABLE_KIND, AccountKind.EXPENSE, 600)]
    booked(
        judged(1, 1200),
        approved(1, 1200),
        judged(2, 300),
        judged(3, 50, agreement="agr_boris"),
        payout("ent_reserved", EntryKind.RESERVED, [(PAYABLE_KIND, RESERVED, 1200)]),
        payout(
            "ent_settled",
            EntryKind.SETTLED,
            [
                (RESERVED, PAID, 1200),
                (AccountKind.FUNDING, AccountKind.TRANSIT, 1200),
                (AccountKind.TRANSIT, AccountKind.PAID_OUT, 1200),
            ],
        ),
        draft("ent_refund", EntryKind.REVERSED, "com_1", refund),
    )


def test_a_balance_is_what_came_in_less_what_went_out() -> None:
    assert [balance(PROGRAM, name) for name in (EXPENSE, ACCRUED, PAYABLE, BORIS)] == [-950, 300, -600, 50]
    assert balance(PROGRAM, AccountName(PAYABLE_KIND, AGREEMENT, "USD")) == 0
    assert balance("prg_nobody", EXPENSE) == 0


def test_the_balances_of_many_agreements_take_two_statements() -> None:
    with CaptureQueriesContext(connection) as statements:
        balances = balances_of([AGREEMENT, "agr_boris", "agr_nobody"])
    assert len(statements) == 2
    assert balances == {
        ACCRUED: 300,
        PAYABLE: -600,
        AccountName(RESERVED, AGREEMENT, "EUR"): 0,
        AccountName(PAID, AGREEMENT, "EUR"): 1200,
        BORIS: 50,
    }
    assert balances_of([AGREEMENT], [AccountKind.ACCRUED]) == {ACCRUED: 300}


def test_the_program_has_accounts_of_its_own_and_sees_no_other_program() -> None:
    booked(judged(9, 70, agreement="agr_other"), program=opened("prg_other"))
    assert balances_of_program(PROGRAM) == {
        EXPENSE: -950,
        AccountName(AccountKind.FUNDING, "", "EUR"): -1200,
        AccountName(AccountKind.TRANSIT, "", "EUR"): 0,
        AccountName(AccountKind.PAID_OUT, "", "EUR"): 1200,
    }


def test_what_is_booked_for_a_commission_follows_its_money_into_the_payout() -> None:
    with CaptureQueriesContext(connection) as statements:
        booked_now = booked_of(["com_1", "com_2", "com_unknown"])
    assert len(statements) == 2
    assert booked_now == {
        "com_1": Booked(payable_minor=-600, paid_minor=1200),
        "com_2": Booked(accrued_minor=300),
        "com_unknown": Booked(),
    }


def test_every_entry_about_a_commission_is_found_also_its_payout() -> None:
    entries = list(entries_of("com_1"))
    assert [entry.id for entry in entries] == [
        "ent_judged_1",
        "ent_approved_1",
        "ent_reserved",
        "ent_settled",
        "ent_refund",
    ]
    assert [str(posting.destination) for posting in entries[3].postings.all()] == [
        "paid EUR of agr_anna",
        "transit EUR",
        "paid_out EUR",
    ]


def test_the_entries_of_a_payout_are_found_by_its_name() -> None:
    assert [entry.id for entry in entries_of("pay_1")] == ["ent_reserved", "ent_settled"]


def test_a_book_is_read_from_its_last_entry() -> None:
    entries = list(entries_of_book(PROGRAM)[:2])
    assert [entry.id for entry in entries] == ["ent_refund", "ent_settled"]
    assert str(entries[0]).endswith("#7 reversed com_1")
    assert str(entries[0].postings.all()[0]) == "600 EUR for com_1"


def test_the_entries_of_a_book_can_be_narrowed_to_one_agreement() -> None:
    moving = entries_moving(entries_of_book(PROGRAM), "agr_boris")
    assert [entry.subject for entry in moving] == ["com_3"]
    annas = entries_moving(entries_of_book(PROGRAM), AGREEMENT)
    assert [entry.subject for entry in annas] == ["com_1", "pay_1", "pay_1", "com_2", "com_1", "com_1"]


def test_a_book_tells_how_many_entries_it_seals() -> None:
    book = book_of(PROGRAM)
    assert book is not None
    assert book.entries_count == entries_of_book(PROGRAM).count()
    assert book_of("prg_unknown") is None
