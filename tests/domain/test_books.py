"""What the books do for a commission: rises wait, falls need an explanation once approved, and mirrors undo."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.books import (
    AGREEMENT_KINDS,
    NEVER_BELOW_ZERO,
    ROUTES,
    AccountKind,
    AccountName,
    Booked,
    Cause,
    EntryKind,
    Movements,
    Posting,
    Proposal,
    allowed,
    approval,
    approval_undone,
    movements,
    opening,
)

EXPENSE, ACCRUED, PAYABLE = AccountKind.EXPENSE, AccountKind.ACCRUED, AccountKind.PAYABLE

sums = st.integers(0, 10_000)
books_of_one_commission = st.builds(
    Booked, accrued_minor=sums, payable_minor=st.integers(-10_000, 10_000), reserved_minor=sums, paid_minor=sums
)


def test_what_is_judged_first_waits_for_approval() -> None:
    moved = movements(booked=Booked(), target_minor=1200, cause=Cause.JUDGED)
    assert moved == Movements(EntryKind.JUDGED, (Posting(EXPENSE, ACCRUED, 1200),), None)


def test_the_same_target_again_books_nothing() -> None:
    moved = movements(booked=Booked(accrued_minor=1200), target_minor=1200, cause=Cause.JUDGED)
    assert moved == Movements(EntryKind.JUDGED, (), None)


def test_a_single_cent_more_is_a_rise_and_a_single_cent_less_is_a_fall() -> None:
    rise = movements(booked=Booked(payable_minor=1200), target_minor=1201, cause=Cause.CORRECTED)
    assert rise == Movements(EntryKind.JUDGED, (Posting(EXPENSE, ACCRUED, 1),), None)
    fall = movements(booked=Booked(payable_minor=1200), target_minor=1199, cause=Cause.CORRECTED)
    assert fall == Movements(EntryKind.REVERSED, (Posting(PAYABLE, EXPENSE, 1),), None)


def test_before_approval_a_fall_is_booked_whatever_caused_it() -> None:
    for cause in (Cause.JUDGED, Cause.CORRECTED, Cause.DECIDED):
        moved = movements(booked=Booked(accrued_minor=1200), target_minor=500, cause=cause)
        assert moved == Movements(EntryKind.REVERSED, (Posting(ACCRUED, EXPENSE, 700),), None)


def test_after_approval_a_rise_waits_as_a_new_accrual() -> None:
    moved = movements(booked=Booked(payable_minor=1200), target_minor=1500, cause=Cause.JUDGED)
    assert moved.postings == (Posting(EXPENSE, ACCRUED, 300),)


def test_after_approval_a_refund_is_taken_from_what_is_payable() -> None:
    moved = movements(booked=Booked(payable_minor=1200), target_minor=600, cause=Cause.CORRECTED)
    assert moved == Movements(EntryKind.REVERSED, (Posting(PAYABLE, EXPENSE, 600),), None)


def test_after_payout_a_refund_takes_payable_below_zero() -> None:
    paid = Booked(paid_minor=1200)
    moved = movements(booked=paid, target_minor=0, cause=Cause.CORRECTED)
    assert moved.postings == (Posting(PAYABLE, EXPENSE, 1200),)
    assert after(paid, moved) == Booked(payable_minor=-1200, paid_minor=1200)


def test_after_approval_a_fall_that_nobody_reported_is_only_proposed() -> None:
    moved = movements(booked=Booked(payable_minor=1200), target_minor=1000, cause=Cause.JUDGED)
    assert (moved.postings, moved.proposal) == ((), Proposal(Cause.JUDGED, -200))


def test_an_accepted_proposal_and_a_declined_order_are_booked() -> None:
    moved = movements(booked=Booked(payable_minor=1200), target_minor=1000, cause=Cause.DECIDED, proposed_minor=200)
    assert moved == Movements(EntryKind.REVERSED, (Posting(PAYABLE, EXPENSE, 200),), None)


def test_a_fall_takes_what_is_still_accrued_first() -> None:
    booked = Booked(accrued_minor=300, payable_minor=1200)
    moved = movements(booked=booked, target_minor=1000, cause=Cause.JUDGED)
    assert moved.postings == (Posting(ACCRUED, EXPENSE, 300),)
    assert moved.proposal == Proposal(Cause.JUDGED, -200)
    corrected = movements(booked=booked, target_minor=1000, cause=Cause.CORRECTED)
    assert corrected.postings == (Posting(ACCRUED, EXPENSE, 300), Posting(PAYABLE, EXPENSE, 200))


def test_a_refund_does_not_book_what_an_open_proposal_still_asks() -> None:
    booked = Booked(payable_minor=1000)
    moved = movements(booked=booked, target_minor=400, cause=Cause.CORRECTED, proposed_minor=200)
    assert moved.postings == (Posting(PAYABLE, EXPENSE, 400),)
    assert moved.proposal == Proposal(Cause.JUDGED, -200)


def test_a_proposal_never_asks_more_than_is_left_to_fall() -> None:
    moved = movements(booked=Booked(payable_minor=1000), target_minor=900, cause=Cause.CORRECTED, proposed_minor=200)
    assert (moved.postings, moved.proposal) == ((), Proposal(Cause.JUDGED, -100))


def test_a_change_of_partner_after_approval_is_proposed_on_both_sides() -> None:
    loser = movements(booked=Booked(accrued_minor=100, payable_minor=1100), target_minor=0, cause=Cause.PARTNER_CHANGED)
    winner = movements(booked=Booked(), target_minor=1200, cause=Cause.PARTNER_CHANGED)
    unmoved = movements(booked=Booked(), target_minor=0, cause=Cause.PARTNER_CHANGED)
    assert loser == Movements(EntryKind.REVERSED, (), Proposal(Cause.PARTNER_CHANGED, -1200))
    assert winner == Movements(EntryKind.JUDGED, (), Proposal(Cause.PARTNER_CHANGED, 1200))
    assert unmoved == Movements(EntryKind.JUDGED, (), None)


def test_approval_moves_all_that_waits_and_can_be_undone_until_it_is_in_a_payout() -> None:
    assert approval(Booked(accrued_minor=300, payable_minor=5)) == (Posting(ACCRUED, PAYABLE, 300),)
    assert approval(Booked()) == ()
    assert approval_undone(Booked(payable_minor=300, reserved_minor=50)) == (Posting(PAYABLE, ACCRUED, 300),)
    assert approval_undone(Booked(payable_minor=-20, paid_minor=20)) == ()


@given(books_of_one_commission, sums, st.sampled_from(Cause), sums)
def test_what_is_booked_and_what_is_proposed_always_reach_the_target(
    booked: Booked, target_minor: int, cause: Cause, proposed_minor: int
) -> None:
    moved = movements(booked=booked, target_minor=target_minor, cause=cause, proposed_minor=proposed_minor)
    books = after(booked, moved)
    waiting_minor = moved.proposal.minor if moved.proposal else 0
    assert books.minor + waiting_minor == target_minor
    assert books.accrued_minor >= 0
    assert (books.reserved_minor, books.paid_minor) == (booked.reserved_minor, booked.paid_minor)
    assert all(posting.minor > 0 for posting in moved.postings)
    assert all(allowed(moved.kind, (posting.source, posting.destination)) for posting in moved.postings)


@given(books_of_one_commission, sums)
def test_without_a_report_nothing_approved_is_ever_taken_away(booked: Booked, target_minor: int) -> None:
    moved = movements(booked=booked, target_minor=target_minor, cause=Cause.JUDGED)
    assert after(booked, moved).payable_minor == booked.payable_minor


def test_a_mirror_may_move_back_what_another_entry_moved_and_nothing_else() -> None:
    for routes in ROUTES.values():
        assert all(allowed(EntryKind.MIRRORED, (destination, source)) for source, destination in routes)
    assert not allowed(EntryKind.MIRRORED, (AccountKind.FUNDING, AccountKind.PAYABLE))
    assert not allowed(EntryKind.APPROVED, (EXPENSE, PAYABLE))
    assert Posting(EXPENSE, ACCRUED, 5).mirrored() == Posting(ACCRUED, EXPENSE, 5)


def test_every_kind_of_entry_says_what_it_may_move() -> None:
    assert set(ROUTES) | {EntryKind.MIRRORED} == set(EntryKind)
    assert {kind for routes in ROUTES.values() for route in routes for kind in route} == set(AccountKind)
    assert PAYABLE in AGREEMENT_KINDS - NEVER_BELOW_ZERO


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (AccountName(PAYABLE, "agr_1", "EUR"), "payable EUR of agr_1"),
        (AccountName(EXPENSE, "", "JPY"), "expense JPY"),
    ],
)
def test_an_account_is_named_in_a_few_words(name: AccountName, words: str) -> None:
    assert str(name) == words


def after(booked: Booked, moved: Movements) -> Booked:
    """Return the books of the commission once the postings are booked."""
    amounts = Counter(
        {
            ACCRUED: booked.accrued_minor,
            PAYABLE: booked.payable_minor,
            AccountKind.RESERVED: booked.reserved_minor,
            AccountKind.PAID: booked.paid_minor,
        }
    )
    for posting in moved.postings:
        amounts[posting.source] -= posting.minor
        amounts[posting.destination] += posting.minor
    return Booked(amounts[ACCRUED], amounts[PAYABLE], amounts[AccountKind.RESERVED], amounts[AccountKind.PAID])


def test_a_balance_from_another_system_comes_from_its_own_account_or_goes_there() -> None:
    assert opening(12_050) == Posting(AccountKind.OPENING, PAYABLE, 12_050)
    assert opening(-400) == Posting(PAYABLE, AccountKind.OPENING, 400)
    assert all(allowed(EntryKind.OPENED, (one.source, one.destination)) for one in (opening(1), opening(-1)))
