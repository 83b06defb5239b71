"""Reports become money in the books, and stay right whatever comes after them."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.recording import Taken
from rapport.apps.ledger.queries import booked_of, recount
from tests.make.identity import NOON
from tests.make.road import (
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db


def test_a_click_and_an_order_become_twelve_percent_in_the_books() -> None:
    program = make_program()
    agreement = make_agreement(program)
    click = make_click_id(make_link(agreement), at=NOON - timedelta(days=3))

    taken = report_sale(program, external_id="10428", total="104.22", click_ids=[click], customer_id="c1")

    commission = Commission.objects.get(conversion=taken.conversion)
    assert (taken.taken, commission.accrued_minor, commission.agreement_id) == (Taken.NEW, 1251, agreement.id)
    assert booked_of([commission.id])[commission.id].accrued_minor == 1251
    assert recount(program.id).problems == []


def test_a_partial_refund_is_mirrored_and_a_full_one_leaves_nothing() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    taken = report_sale(program, external_id="1", total="100.00", click_ids=[click])

    report_correction(program, kind="refund", external_id="r1", of="1", total="50.00")
    commission = Commission.objects.get(conversion=taken.conversion)
    assert commission.accrued_minor == 600

    report_correction(program, kind="refund", external_id="r2", of="1", total="50.00")
    commission.refresh_from_db()
    assert (commission.accrued_minor, commission.state) == (0, "reversed")


def test_a_repeated_report_changes_nothing() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    answers = [report_sale(program, external_id="1", total="100.00", click_ids=[click]).taken for _ in range(3)]

    assert answers == [Taken.NEW, Taken.KNOWN, Taken.KNOWN]
    assert Commission.objects.get().accrued_minor == 1200


def test_two_amounts_for_one_order_are_a_conflict_that_books_the_smaller() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    report_sale(program, external_id="1", total="148.00", click_ids=[click])

    taken = report_sale(program, external_id="1", total="118.00")

    commission = Commission.objects.get()
    taken.conversion.refresh_from_db()
    assert taken.taken is Taken.CONFLICT
    assert (commission.accrued_minor, commission.state, commission.holds) == (1416, "held", ["conflict"])
    assert (taken.conversion.in_conflict, taken.conversion.state) == (True, "held")


def test_a_refund_that_came_first_waits_and_finds_its_sale() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))

    waiting = report_correction(program, kind="refund", external_id="r1", of="1", total="50.00")
    assert waiting.taken is Taken.WAITING

    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    assert Commission.objects.get().accrued_minor == 600


def test_a_coupon_earns_without_a_click() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")

    report_sale(program, external_id="1", total="10.00", coupons=["anna12"])

    commission = Commission.objects.get()
    assert (commission.accrued_minor, commission.agreement_id) == (120, agreement.id)


def test_a_click_learned_late_moves_the_money_to_the_right_partner() -> None:
    program = make_program()
    first, second = make_agreement(program, name="First"), make_agreement(program, name="Second")
    early = make_click_id(make_link(first), at=NOON - timedelta(days=9))
    late = make_click_id(make_link(second), at=NOON - timedelta(days=1))
    report_sale(program, external_id="1", total="100.00", click_ids=[early])

    taken = report_sale(program, external_id="1", total="100.00", click_ids=[late])

    amounts = dict(Commission.objects.values_list("agreement_id", "accrued_minor"))
    assert taken.taken is Taken.ADDED
    assert amounts == {first.id: 0, second.id: 1200}
