"""A payout run from draft to closed: what it takes, what it books, and what nobody can do twice."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import booked_of as cached
from rapport.apps.ledger.queries import balances_of, booked_of, recount
from rapport.apps.payouts import actions
from rapport.apps.payouts.models import Payout, PayoutRunState, PayoutState, PayoutVerdict
from rapport.domain.books import AccountKind, AccountName
from tests.make.identity import NOON
from tests.make.payouts import (
    AFTER_HOLD,
    MARA,
    make_method,
    make_payable,
    make_run,
    make_sent_run,
)
from tests.make.road import make_agreement, make_program, report_correction

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD


def test_money_is_reserved_sent_and_settled_and_a_refund_after_it_is_netted_in_the_next_run() -> None:
    program = make_program()
    anna = make_agreement(program, name="Slow Mornings")
    first = make_payable(program, anna, total="1000.00", order="A-1")
    make_method(anna.partner.organisation)
    run = make_sent_run(program)
    payout = Payout.objects.get(run=run)
    assert (payout.amount_minor, payout.state) == (12_000, PayoutState.SENT)
    actions.settle_payouts({payout.id: "REF-1"}, run_id=run.id, by=MARA, at=LATER)
    run.refresh_from_db()
    assert run.state == PayoutRunState.CLOSED
    assert stands(first) == (CommissionState.PAID, 0, 0, 12_000)

    report_correction(program, at=LATER, kind="refund", external_id="r-1", of="A-1", total="1000.00")
    assert stands(first) == (CommissionState.REVERSED, -12_000, 0, 12_000)
    carried = make_run(program, at=LATER)
    assert (carried.payouts_count, PayoutVerdict.objects.get(run=carried).verdict) == (0, "carried")

    second = make_payable(program, anna, total="3000.00", order="A-2")
    run = make_sent_run(program, at=LATER + timedelta(days=1))
    payout = Payout.objects.get(run=run)
    assert payout.amount_minor == 36_000 - 12_000
    actions.settle_payouts({payout.id: "REF-2"}, run_id=run.id, by=MARA, at=LATER + timedelta(days=2))
    assert stands(first) == (CommissionState.REVERSED, 0, 0, 0)
    assert stands(second) == (CommissionState.PAID, 0, 0, 36_000)
    assert recount(program.id).problems == []
    assert paid_of(anna.id) == 36_000
    assert booked_of([first.id]) == {first.id: cached(Commission.objects.get(pk=first.id))}


def stands(commission: Commission) -> tuple[str, int, int, int]:
    commission.refresh_from_db()
    return commission.state, commission.payable_minor, commission.reserved_minor, commission.paid_minor


def paid_of(agreement_id: str) -> int:
    return balances_of([agreement_id])[AccountName(AccountKind.PAID, agreement_id, "EUR")]
