"""Movements one by one, as payouts take them up and statements tell them, and what was earned day by day."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from rapport.apps.ledger.actions import reverse_entry
from rapport.apps.ledger.models import Posting as Row
from rapport.apps.ledger.queries import (
    Movement,
    PayablePosting,
    earned_by_day,
    moved_before,
    movements_of,
    payable_changes,
    payable_postings,
)
from rapport.domain.books import AccountKind, EntryKind, Posting
from tests.apps.ledger.cast import AGREEMENT, INTAKE, NOON, PROGRAM, approved, booked, draft, judged, opened, payout

pytestmark = pytest.mark.django_db

EXPENSE, ACCRUED, PAYABLE = AccountKind.EXPENSE, AccountKind.ACCRUED, AccountKind.PAYABLE
RESERVED = AccountKind.RESERVED
BORIS = "agr_boris"
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
OWED = (ACCRUED, PAYABLE)


@pytest.fixture(autouse=True)
def five_days_of_two_partners() -> None:
    """Two commissions are earned; the first is approved, reserved, given back and half refunded."""
    opened()
    opened("prg_other")
    booked(judged(1, 1200), judged(2, 300, agreement=BORIS))
    booked(judged(9, 1, agreement="agr_other"), program="prg_other")
    booked(approved(1, 1200), at=NOON + DAY)
    booked(payout("ent_reserved", EntryKind.RESERVED, [(PAYABLE, RESERVED, 1200)]), at=NOON + 2 * DAY)
    reverse_entry(entry_id="ent_reserved", mirror_id="ent_failed", reason="story", by=INTAKE, at=NOON + 3 * DAY)
    refund = [Posting(ACCRUED, EXPENSE, 100), Posting(PAYABLE, EXPENSE, 600)]
    booked(
        draft("ent_refund", EntryKind.REVERSED, "com_1", refund[1:]),
        draft("ent_refund_of_boris", EntryKind.REVERSED, "com_2", refund[:1], BORIS),
        at=NOON + 4 * DAY,
    )


def row(entry_id: str) -> int:
    return Row.objects.get(entry_id=entry_id).id


def test_a_movement_tells_all_about_its_posting_and_its_entry() -> None:
    [one] = movements_of(AGREEMENT, [ACCRUED], from_at=NOON, until_at=NOON + MOMENT)
    assert one == Movement(
        posting_id=row("ent_judged_1"),
        entry_id="ent_judged_1",
        number=1,
        at=NOON,
        subject="com_1",
        reason="story",
        memo="com_1",
        source=EXPENSE,
        destination=ACCRUED,
        minor=1200,
        mirrors="",
    )


def test_the_movements_of_an_agreement_come_oldest_first_from_a_moment_until_before_another() -> None:
    whole = movements_of(AGREEMENT, OWED, from_at=NOON, until_at=NOON + 9 * DAY)
    assert [one.entry_id for one in whole] == [
        "ent_judged_1",
        "ent_approved_1",
        "ent_reserved",
        "ent_failed",
        "ent_refund",
    ]
    middle = movements_of(AGREEMENT, OWED, from_at=NOON + DAY, until_at=NOON + 3 * DAY)
    assert [one.entry_id for one in middle] == ["ent_approved_1", "ent_reserved"]
    assert movements_of(AGREEMENT, OWED, from_at=NOON + DAY + MOMENT, until_at=NOON + 2 * DAY) == []


def test_only_the_accounts_asked_for_and_their_owner_count() -> None:
    named = movements_of(AGREEMENT, [RESERVED], from_at=NOON, until_at=NOON + 9 * DAY)
    assert [one.entry_id for one in named] == ["ent_reserved", "ent_failed"]
    others = movements_of(BORIS, OWED, from_at=NOON, until_at=NOON + 9 * DAY)
    assert [one.entry_id for one in others] == ["ent_judged_2", "ent_refund_of_boris"]


def test_the_postings_of_one_entry_come_in_their_order() -> None:
    back_and_forth = [Posting(PAYABLE, RESERVED, 5), Posting(RESERVED, PAYABLE, 3), Posting(PAYABLE, RESERVED, 1)]
    booked(draft("ent_netted", EntryKind.RESERVED, "pay_2", back_and_forth), at=NOON + 5 * DAY)
    found = movements_of(AGREEMENT, [PAYABLE], from_at=NOON + 5 * DAY, until_at=NOON + 6 * DAY)
    assert [(one.source, one.destination, one.minor) for one in found] == [
        (PAYABLE, RESERVED, 5),
        (RESERVED, PAYABLE, 3),
        (PAYABLE, RESERVED, 1),
    ]


def test_entries_of_one_moment_come_by_their_number_and_take_two_statements_however_many() -> None:
    there_and_back = [Posting(PAYABLE, RESERVED, 5), Posting(RESERVED, PAYABLE, 3)]
    booked(
        *(draft(f"ent_{name}", EntryKind.RESERVED, "pay_2", there_and_back) for name in ("b", "a")), at=NOON + 5 * DAY
    )
    with CaptureQueriesContext(connection) as statements:
        found = movements_of(AGREEMENT, [PAYABLE], from_at=NOON + 5 * DAY, until_at=NOON + 6 * DAY)
    assert [(one.entry_id, one.minor) for one in found] == [("ent_b", 5), ("ent_b", 3), ("ent_a", 5), ("ent_a", 3)]
    assert len(statements) == 2


def test_what_moved_before_a_moment_is_summed_by_where_it_came_from_and_where_it_went() -> None:
    booked(judged(3, 50), at=NOON + DAY)
    before = moved_before(AGREEMENT, OWED, at=NOON + 4 * DAY)
    assert sorted(before) == [
        (ACCRUED, PAYABLE, 1200),
        (EXPENSE, ACCRUED, 1250),
        (PAYABLE, RESERVED, 1200),
        (RESERVED, PAYABLE, 1200),
    ]
    assert moved_before(AGREEMENT, [RESERVED], at=NOON + 3 * DAY) == [(PAYABLE, RESERVED, 1200)]
    assert moved_before(BORIS, OWED, at=NOON) == []


def test_what_may_be_paid_out_are_all_postings_on_payable_except_those_that_reserved_it() -> None:
    assert payable_postings([AGREEMENT, BORIS]) == [
        PayablePosting(row("ent_approved_1"), AGREEMENT, "com_1", 1200),
        PayablePosting(row("ent_failed"), AGREEMENT, "com_1", 1200),
        PayablePosting(row("ent_refund"), AGREEMENT, "com_1", -600),
    ]
    assert payable_postings([BORIS]) == []


def test_conditions_choose_among_what_may_be_paid_out() -> None:
    chosen = payable_postings([AGREEMENT], Q(amount_minor__gt=600), ~Q(entry_id="ent_failed"))
    assert chosen == [PayablePosting(row("ent_approved_1"), AGREEMENT, "com_1", 1200)]


def test_what_was_approved_and_taken_back_from_payable_after_a_moment() -> None:
    assert payable_changes(PROGRAM, after=NOON) == (1200, 600)
    assert payable_changes(PROGRAM, after=NOON + DAY) == (0, 600)
    assert payable_changes(PROGRAM, after=NOON + 4 * DAY) == (0, 0)
    assert payable_changes("prg_other", after=NOON - DAY) == (0, 0)


def test_a_day_earns_what_was_judged_less_what_was_reversed() -> None:
    earned = earned_by_day(PROGRAM, zone="UTC", from_at=NOON, until_at=NOON + 9 * DAY)
    assert earned == {date(2026, 5, 4): 1500, date(2026, 5, 8): -700}
    booked(judged(5, 40), at=NOON + 4 * DAY)
    earned = earned_by_day(PROGRAM, zone="UTC", from_at=NOON, until_at=NOON + 9 * DAY)
    assert earned == {date(2026, 5, 4): 1500, date(2026, 5, 8): -660}
    assert earned_by_day(PROGRAM, zone="UTC", from_at=NOON + MOMENT, until_at=NOON + 4 * DAY) == {}
    assert earned_by_day("prg_other", zone="UTC", from_at=NOON, until_at=NOON + MOMENT) == {date(2026, 5, 4): 1}


def test_a_day_is_a_day_of_the_zone() -> None:
    earned = earned_by_day(PROGRAM, zone="Pacific/Auckland", from_at=NOON, until_at=NOON + DAY)
    assert earned == {date(2026, 5, 5): 1500}
