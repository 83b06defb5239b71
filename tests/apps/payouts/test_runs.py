"""A payout run from draft to closed: what it takes, what it books, and what nobody can do twice."""

from datetime import date, timedelta

import pytest

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import booked_of as cached
from rapport.apps.ledger.queries import balances_of, balances_of_program, booked_of, recount
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.errors import (
    FileIsMade,
    NotApproved,
    NothingToPay,
    PaydayPassed,
    PayoutMoved,
    RunDecided,
    RunNotReady,
    SecondPersonNeeded,
    TotalDiffers,
)
from rapport.apps.payouts.files import content_of
from rapport.apps.payouts.models import MethodKind, Payout, PayoutLine, PayoutRun, PayoutRunState, PayoutState
from rapport.apps.payouts.queries import payouts_of_commission
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.domain.books import AccountKind, AccountName
from rapport.domain.money import Money
from rapport.flows.paying import fill_run, release_run, send_run
from tests.make.identity import NOON, STORY
from tests.make.payouts import (
    AFTER_HOLD,
    JONAS,
    MARA,
    make_approved_run,
    make_method,
    make_payable,
    make_run,
    make_sent_run,
)
from tests.make.road import make_agreement, report_correction

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD
TODAY = LATER.date()


def commission_of(order: str) -> Commission:
    return Commission.objects.get(conversion__external_id=order)


def stands(order: str) -> tuple[str, int, int, int]:
    row = commission_of(order)
    assert booked_of([row.id]) == {row.id: cached(row)}
    return row.state, row.payable_minor, row.reserved_minor, row.paid_minor


def only_payout(run: PayoutRun) -> Payout:
    return Payout.objects.get(run=run)


def open_run(program: Program, *, pay_on: date = TODAY, wish: str = "w") -> PayoutRun:
    return actions.prepare_run(program=program, pay_on=pay_on, wish=wish, by=JONAS, at=LATER)


def cancel(payout: Payout) -> Payout:
    return actions.cancel_payout(payout_id=payout.id, reason="They asked", by=JONAS, at=LATER)


def balances(program: Program, agreement: Agreement) -> dict[str, int]:
    found = balances_of([agreement.id]) | balances_of_program(program.id)
    return {name.kind.value: minor for name, minor in found.items() if minor}


def test_money_is_reserved_sent_and_settled_and_a_refund_after_it_is_netted_in_the_next_run(
    program: Program, anna: Agreement
) -> None:
    run = make_run(program)
    assert (run.total, stands("A-1")) == (Money(12_000, "EUR"), (CommissionState.APPROVED, 0, 12_000, 0))
    actions.approve_run(run_id=run.id, total=run.total, by=MARA, at=LATER)
    actions.make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=LATER)
    send_run(run.id, clock=lambda: LATER)
    payout = only_payout(run)
    actions.settle_payouts({payout.id: "REF-1"}, run_id=run.id, by=MARA, at=LATER)
    run.refresh_from_db()
    assert (run.state, stands("A-1")) == (PayoutRunState.CLOSED, (CommissionState.PAID, 0, 0, 12_000))
    assert actions.settle_payouts({payout.id: "REF-1"}, run_id=run.id, by=MARA, at=LATER) == ([], [])

    report_correction(program, at=LATER, kind="refund", external_id="r-1", of="A-1", total="1000.00")
    assert stands("A-1") == (CommissionState.REVERSED, -12_000, 0, 12_000)
    carried = make_run(program, at=LATER)
    assert (carried.payouts_count, carried.verdicts.get().verdict) == (0, "carried")
    with pytest.raises(NothingToPay):
        actions.approve_run(run_id=carried.id, total=carried.total, by=MARA, at=LATER)

    make_payable(program, anna, total="3000.00", order="A-2")
    second = make_sent_run(program, at=LATER + timedelta(days=1))
    payout = only_payout(second)
    assert payout.amount_minor == 36_000 - 12_000
    actions.settle_payouts({payout.id: "REF-2"}, run_id=second.id, by=MARA, at=LATER + timedelta(days=2))
    assert stands("A-1") == (CommissionState.REVERSED, 0, 0, 0)
    assert stands("A-2") == (CommissionState.PAID, 0, 0, 36_000)
    assert [one.run_id for one in payouts_of_commission(commission_of("A-1").id)] == [run.id, second.id]
    assert balances(program, anna) == {"expense": -36_000, "paid": 36_000, "funding": -36_000, "paid_out": 36_000}
    assert recount(program.id).problems == []


def test_a_refund_while_a_payout_is_on_its_way_waits_for_the_next_run(program: Program, anna: Agreement) -> None:
    run = make_sent_run(program)
    report_correction(program, at=LATER, kind="refund", external_id="r-1", of="A-1", total="400.00")
    assert stands("A-1") == (CommissionState.APPROVED, -4_800, 12_000, 0)
    actions.settle_payouts({only_payout(run).id: "R"}, run_id=run.id, by=MARA, at=LATER)
    assert stands("A-1") == (CommissionState.PAID, -4_800, 0, 12_000)


def test_what_failed_or_came_back_is_payable_again_and_goes_out_with_the_next_run(
    program: Program, anna: Agreement
) -> None:
    failed, run = only_payout(make_sent_run(program)), make_approved_run
    actions.fail_payout(payout_id=failed.id, reason="Account closed", by=MARA, at=LATER)
    assert actions.fail_payout(payout_id=failed.id, reason="twice", by=MARA, at=LATER).reason == "Account closed"
    assert stands("A-1") == (CommissionState.APPROVED, 12_000, 0, 0)
    assert balances(program, anna) == {"expense": -12_000, "payable": 12_000}
    second = make_sent_run(program)
    returned = only_payout(second)
    actions.settle_payouts({returned.id: "R"}, run_id=second.id, by=MARA, at=LATER)
    actions.return_payout(payout_id=returned.id, reason="Sent back", by=MARA, at=LATER)
    assert stands("A-1") == (CommissionState.APPROVED, 12_000, 0, 0)
    assert balances(program, anna) == {"expense": -12_000, "payable": 12_000}
    with pytest.raises(PayoutMoved):
        actions.fail_payout(payout_id=returned.id, reason="late", by=MARA, at=LATER)
    assert actions.settle_payouts({returned.id: "R"}, run_id=second.id, by=MARA, at=LATER)[1] == [returned]
    assert only_payout(run(program)).amount_minor == 12_000
    lines = PayoutLine.objects.values_list("posting_id", flat=True)
    assert len(lines) == len(set(lines)) == 3
    assert recount(program.id).problems == []


def test_an_unknown_payout_stays_sent_and_keeps_its_run_open(program: Program, anna: Agreement) -> None:
    run = make_sent_run(program)
    payout = only_payout(run)
    actions.leave_open(payout_id=payout.id, reason="The bank is silent", by=MARA, at=LATER)
    actions.leave_open(payout_id=payout.id, reason="again", by=MARA, at=LATER)
    payout.refresh_from_db()
    assert (payout.state, payout.known, payout.reason) == (PayoutState.SENT, False, "The bank is silent")
    send_run(run.id, clock=lambda: LATER)
    assert make_run(program).payouts_count == 0
    actions.settle_payouts({payout.id: "R"}, run_id=run.id, by=MARA, at=LATER)
    payout.refresh_from_db()
    run.refresh_from_db()
    assert (payout.known, run.state) == (True, PayoutRunState.CLOSED)
    with pytest.raises(PayoutMoved):
        actions.leave_open(payout_id=payout.id, reason="", by=MARA, at=LATER)


def test_only_a_second_person_who_confirms_the_total_approves_and_only_once(program: Program, anna: Agreement) -> None:
    run = open_run(program)
    assert open_run(program) == run
    with pytest.raises(RunNotReady):
        actions.approve_run(run_id=run.id, total=Money(0, "EUR"), by=MARA, at=LATER)
    fill_run(run.id, clock=lambda: LATER)
    total = Money(12_000, "EUR")
    with pytest.raises(SecondPersonNeeded):
        actions.approve_run(run_id=run.id, total=total, by=JONAS, at=LATER)
    with pytest.raises(SecondPersonNeeded):
        actions.approve_run(run_id=run.id, total=total, by=STORY, at=LATER)
    with pytest.raises(TotalDiffers):
        actions.approve_run(run_id=run.id, total=Money(12_001, "EUR"), by=MARA, at=LATER)
    with pytest.raises(NotApproved):
        actions.make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=LATER)
    actions.approve_run(run_id=run.id, total=total, by=MARA, at=LATER)
    with pytest.raises(RunDecided):
        actions.approve_run(run_id=run.id, total=total, by=MARA, at=LATER)
    with pytest.raises(RunDecided):
        actions.abandon_run(run_id=run.id, reason="late", by=MARA, at=LATER)
    with pytest.raises(PaydayPassed):
        open_run(program, pay_on=LATER.date() - timedelta(days=1), wish="x")


def test_an_abandoned_run_gives_everything_back(program: Program, anna: Agreement) -> None:
    run = make_run(program)
    with pytest.raises(BadInput):
        actions.abandon_run(run_id=run.id, reason=" ", by=JONAS, at=LATER)
    release_run(run.id, by=JONAS, clock=lambda: LATER)
    assert stands("A-1")[2] == 12_000
    actions.abandon_run(run_id=run.id, reason="Wrong day", by=JONAS, at=LATER)
    release_run(run.id, by=JONAS, clock=lambda: LATER)
    assert (only_payout(run).state, stands("A-1")) == (
        PayoutState.CANCELLED,
        (CommissionState.APPROVED, 12_000, 0, 0),
    )
    assert only_payout(make_run(program)).amount_minor == 12_000


def test_a_payout_is_taken_out_of_its_run_only_before_its_file_is_made(program: Program, anna: Agreement) -> None:
    ben = make_agreement(program, name="Deal Otter")
    make_payable(program, ben, total="500.00", order="B-1")
    make_method(ben.partner.organisation)
    run = make_approved_run(program)
    payout = Payout.objects.get(run=run, agreement=ben)
    cancel(payout)
    assert cancel(payout).state == PayoutState.CANCELLED
    run.refresh_from_db()
    assert (run.payouts_count, run.total_minor, stands("B-1")) == (1, 12_000, (CommissionState.APPROVED, 6_000, 0, 0))
    file = actions.make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=LATER)
    with pytest.raises(FileIsMade):
        cancel(Payout.objects.get(run=run, agreement=anna))
    assert actions.make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=LATER) == file
    with pytest.raises(NothingToPay):
        actions.make_files(run_id=run.id, kind=MethodKind.PAYPAL, by=JONAS, at=LATER)
    send_run(run.id, clock=lambda: LATER)
    with pytest.raises(PayoutMoved):
        cancel(Payout.objects.get(run=run, agreement=anna))
    content = content_of(file[0])
    assert content == content_of(file[0])
    assert content.decode().splitlines()[1].split(",")[1:6] == [
        *("120.00", "EUR", "Anna Reuter", "DE89370400440532013000", "DE"),
    ]


def test_taking_the_last_payout_out_of_an_approved_run_closes_it(program: Program, anna: Agreement) -> None:
    run = make_approved_run(program)
    cancel(only_payout(run))
    run.refresh_from_db()
    assert run.state == PayoutRunState.CLOSED
    draft = open_run(program, wish="half")
    actions.fill_step(run_id=draft.id, at=LATER, most=1)
    with pytest.raises(RunNotReady):
        cancel(only_payout(draft))


def test_each_partner_gets_a_verdict_and_only_the_eligible_are_paid(program: Program, anna: Agreement) -> None:
    cast = {name: make_agreement(program, name=name) for name in ("small", "homeless", "changed", "nothing")}
    make_payable(program, cast["small"], total="100.00", order="S-1")
    make_payable(program, cast["homeless"], order="H-1")
    make_payable(program, cast["changed"], order="C-1")
    for name in ("small", "changed"):
        make_method(cast[name].partner.organisation)
    make_method(cast["changed"].partner.organisation, at=LATER, iban="GB29NWBK60161331926819")
    run = make_run(program)
    found = {row.agreement.partner.name: (row.verdict, row.reasons) for row in run.verdicts.all()}
    assert found == {
        "Slow Mornings": ("eligible", []),
        "small": ("below_threshold", []),
        "homeless": ("no_method", []),
        "changed": ("held", ["method_changed"]),
    }
    assert only_payout(run).agreement == anna
    payable = AccountName(AccountKind.PAYABLE, cast["changed"].id, "EUR")
    assert balances_of([cast["changed"].id])[payable] == 12_000
