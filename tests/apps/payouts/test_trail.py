"""Whatever is done with a run or a payout is kept: in its row, in the books, in the record, and for those told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.ledger.queries import entries_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.details import copy_of
from rapport.apps.payouts.errors import PayoutMoved
from rapport.apps.payouts.inputs import Details
from rapport.apps.payouts.models import (
    ChangeNotice,
    MethodKind,
    Payout,
    PayoutFile,
    PayoutLine,
    PayoutRun,
    PayoutRunState,
    PayoutState,
    PayoutVerdict,
)
from rapport.apps.programs.models import Program
from rapport.apps.record.models import Announcement, AuditRow
from rapport.domain.money import Money
from rapport.flows.paying import fill_run, release_run, send_run
from tests.make.identity import NOON
from tests.make.payouts import AFTER_HOLD, JONAS, MARA, make_approved_run, make_run, make_sent_run

pytestmark = pytest.mark.django_db
PREPARED, FILLED, APPROVED, MADE, SENT, SETTLED = (NOON + AFTER_HOLD + timedelta(hours=hours) for hours in range(6))
SUMS = {"payouts": 1, "total_minor": 12_000, "currency": "EUR"}
NOTHING: dict[str, Any] = {}


def audited(subject: str, program: Program) -> list[tuple[str, str, str, datetime, dict[str, Any]]]:
    rows = AuditRow.objects.filter(subject=subject, workspace_id=program.workspace_id).order_by("id")
    return [(row.action, row.actor_kind, row.actor_id, row.at, row.data) for row in rows]


def announced(subject: str, program: Program) -> list[tuple[str, datetime]]:
    rows = Announcement.objects.filter(subject=subject, workspace_id=program.workspace_id).order_by("id")
    return [(row.kind, row.at) for row in rows]


def booked(payout: Payout) -> list[tuple[str, str, str, datetime, list[tuple[str, str, int, str]]]]:
    """Return the entries of a payout as they stand in the books."""
    return [
        (
            entry.kind,
            entry.reason,
            entry.actor_id,
            entry.booked_at,
            [
                (row.source.kind, row.destination.kind, row.amount_minor, row.memo)
                for row in entry.postings.all()
                if (row.source.owner or row.destination.owner) in {"", payout.agreement_id}
            ],
        )
        for entry in entries_of(payout.id)
        if entry.subject == payout.id
    ]


@pytest.fixture
def settled(program: Program, anna: Agreement) -> PayoutRun:
    """A run that went from its draft to its end, each step an hour after the one before."""
    run = actions.prepare_run(program=program, pay_on=SETTLED.date(), wish="may", by=JONAS, at=PREPARED)
    fill_run(run.id, clock=lambda: FILLED)
    actions.approve_run(run_id=run.id, total=Money(12_000, "EUR"), by=MARA, at=APPROVED)
    actions.make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=MADE)
    send_run(run.id, clock=lambda: SENT)
    payout = Payout.objects.get(run=run)
    actions.settle_payouts({payout.id: " REF-1 "}, run_id=run.id, by=MARA, at=SETTLED)
    return PayoutRun.objects.get(pk=run.id)


def test_a_run_keeps_who_did_what_and_when(program: Program, settled: PayoutRun) -> None:
    assert (settled.program, settled.currency, settled.wish, settled.pay_on) == (program, "EUR", "may", SETTLED.date())
    assert (settled.prepared_at, settled.prepared_by_kind, settled.prepared_by_id) == (PREPARED, "person", JONAS.id)
    assert (settled.filled_at, settled.payouts_count, settled.total_minor) == (FILLED, 1, 12_000)
    assert settled.filled_upto == Agreement.objects.get().id
    assert (settled.approved_at, settled.approved_by_kind, settled.approved_by_id) == (APPROVED, "person", MARA.id)
    assert (settled.state, settled.ended_at) == (PayoutRunState.CLOSED, SETTLED)


def test_a_run_leaves_its_story_in_the_record(program: Program, settled: PayoutRun) -> None:
    file = PayoutFile.objects.get()
    made = {"kind": "iban", "format": "csv", "part": 1, "payouts": 1, "total_minor": 12_000, "digest": file.digest}
    assert audited(settled.id, program) == [
        ("payout_run.prepared", "person", JONAS.id, PREPARED, NOTHING),
        ("payout_run.ready", "person", JONAS.id, FILLED, SUMS),
        ("payout_run.approved", "person", MARA.id, APPROVED, SUMS),
        ("payout_file.made", "person", JONAS.id, MADE, made),
        ("payout_run.closed", "person", MARA.id, SETTLED, NOTHING),
    ]
    assert announced(settled.id, program) == [
        ("payout_run.ready", FILLED),
        ("payout_run.approved", APPROVED),
        ("payout_run.closed", SETTLED),
    ]


def test_a_file_keeps_what_it_holds_and_who_made_it(settled: PayoutRun) -> None:
    file = PayoutFile.objects.get()
    assert (file.run, file.method_kind, file.payouts_count, file.total_minor) == (settled, "iban", 1, 12_000)
    assert (file.made_at, file.actor_kind, file.actor_id) == (MADE, "person", JONAS.id)


def test_a_payout_keeps_its_amount_its_way_and_its_hours(settled: PayoutRun, anna: Agreement) -> None:
    payout = Payout.objects.get()
    assert (payout.run, payout.agreement, payout.amount, payout.commissions_count) == (
        *(settled, anna, Money(12_000, "EUR"), 1),
    )
    assert (payout.reserved_at, payout.sent_at, payout.settled_at, payout.ended_at) == (FILLED, SENT, SETTLED, None)
    assert (payout.state, payout.reference, payout.known) == (PayoutState.SETTLED, "REF-1", True)
    assert (payout.method_kind, payout.method.organisation_id) == ("iban", anna.partner.organisation_id)
    assert copy_of(payout) == Details(
        MethodKind.IBAN, "Anna Reuter", country="DE", number="DE89370400440532013000", routing="COBADEFFXXX"
    )
    verdict = PayoutVerdict.objects.get()
    assert (verdict.run, verdict.agreement, verdict.verdict, verdict.reasons) == (settled, anna, "eligible", [])
    assert (verdict.payable_minor, verdict.threshold_minor) == (12_000, 5_000)


def test_a_payout_is_told_of_when_it_is_sent_and_when_it_arrived(program: Program, settled: PayoutRun) -> None:
    payout = Payout.objects.get()
    data = {"amount_minor": 12_000, "currency": "EUR", "reference": "REF-1"}
    assert audited(payout.id, program) == [("payout.settled", "person", MARA.id, SETTLED, data)]
    assert announced(payout.id, program) == [("payout.sent", SENT), ("payout.settled", SETTLED)]


def test_every_step_of_a_payout_is_booked_by_whoever_took_it(settled: PayoutRun) -> None:
    payout, commission = Payout.objects.get(), Commission.objects.get()
    assert booked(payout) == [
        ("reserved", "payout-run", JONAS.id, FILLED, [("payable", "reserved", 12_000, commission.id)]),
        ("sent", "payout-sent", JONAS.id, SENT, [("funding", "transit", 12_000, payout.id)]),
        (
            *("settled", "payout-settled", MARA.id, SETTLED),
            [("reserved", "paid", 12_000, commission.id), ("transit", "paid_out", 12_000, payout.id)],
        ),
    ]
    line = PayoutLine.objects.get()
    assert (line.payout, line.subject, line.amount_minor) == (payout, commission.id, 12_000)


@pytest.mark.parametrize(
    ("undo", "state"),
    [(actions.fail_payout, "failed"), (actions.return_payout, "returned")],
    ids=["failed", "returned"],
)
def test_money_that_did_not_arrive_is_booked_back_newest_first_and_told(
    program: Program, anna: Agreement, undo: Callable[..., Payout], state: str
) -> None:
    payout, commission = Payout.objects.get(run=make_sent_run(program, at=PREPARED)), Commission.objects.get()
    actions.leave_open(payout_id=payout.id, reason="silence", by=JONAS, at=FILLED)
    undo(payout_id=payout.id, reason=f" {'x' * 260}", by=MARA, at=SETTLED)
    payout.refresh_from_db()
    assert (payout.state, payout.ended_at, payout.known, payout.reason) == (state, SETTLED, True, "x" * 250)
    assert booked(payout)[2:] == [
        ("mirrored", f"payout-{state}", MARA.id, SETTLED, [("transit", "funding", 12_000, payout.id)]),
        ("mirrored", f"payout-{state}", MARA.id, SETTLED, [("reserved", "payable", 12_000, commission.id)]),
    ]
    data = {"amount_minor": 12_000, "currency": "EUR", "reference": ""}
    assert audited(payout.id, program) == [
        ("payout.unknown", "person", JONAS.id, FILLED, data),
        (f"payout.{state}", "person", MARA.id, SETTLED, data),
    ]
    assert announced(payout.id, program)[1:] == [("payout.unknown", FILLED), (f"payout.{state}", SETTLED)]
    run = payout.run
    run.refresh_from_db()
    assert (run.state, run.ended_at) == (PayoutRunState.CLOSED, SETTLED)


def test_a_payout_taken_out_is_given_back_and_told(program: Program, anna: Agreement) -> None:
    run = make_approved_run(program, at=PREPARED)
    payout, commission = Payout.objects.get(run=run), Commission.objects.get()
    actions.cancel_payout(payout_id=payout.id, reason=" They asked ", by=MARA, at=SETTLED)
    payout.refresh_from_db()
    run.refresh_from_db()
    assert (payout.state, payout.ended_at, payout.reason) == (PayoutState.CANCELLED, SETTLED, "They asked")
    assert (run.payouts_count, run.total_minor, run.state) == (0, 0, PayoutRunState.CLOSED)
    assert booked(payout)[1:] == [
        ("mirrored", "payout-cancelled", MARA.id, SETTLED, [("reserved", "payable", 12_000, commission.id)]),
    ]
    assert audited(payout.id, program) == [
        ("payout.cancelled", "person", MARA.id, SETTLED, {"reason": "They asked"}),
    ]
    assert announced(payout.id, program) == [("payout.cancelled", SETTLED)]


def test_an_abandoned_run_says_why_and_gives_back_in_the_name_of_whoever_abandoned_it(
    program: Program, anna: Agreement
) -> None:
    run = make_run(program, at=PREPARED)
    actions.abandon_run(run_id=run.id, reason=f" Wrong day {'x' * 260}", by=MARA, at=APPROVED)
    release_run(run.id, by=MARA, clock=lambda: SETTLED)
    run.refresh_from_db()
    payout = Payout.objects.get(run=run)
    why = f"Wrong day {'x' * 240}"
    assert (run.state, run.ended_at, run.reason) == (PayoutRunState.ABANDONED, APPROVED, why)
    assert (payout.state, payout.ended_at, payout.reason) == (PayoutState.CANCELLED, SETTLED, why)
    assert audited(run.id, program)[2:] == [("payout_run.abandoned", "person", MARA.id, APPROVED, {"reason": why})]
    assert announced(run.id, program)[1:] == [("payout_run.abandoned", APPROVED)]
    assert audited(payout.id, program) == [("payout.cancelled", "person", MARA.id, SETTLED, {"reason": why})]


def test_a_reference_longer_than_a_bank_gives_is_cut(program: Program, anna: Agreement) -> None:
    run = make_sent_run(program)
    payout = Payout.objects.get(run=run)
    actions.settle_payouts({payout.id: f" {'9' * 80} "}, run_id=run.id, by=MARA, at=SETTLED)
    payout.refresh_from_db()
    assert payout.reference == "9" * 64


def test_a_payout_that_waits_for_the_partner_is_told_once(program: Program, anna: Agreement) -> None:
    payout = Payout.objects.get(run=make_sent_run(program, at=PREPARED))
    for moment in (FILLED, APPROVED):
        actions.leave_unclaimed(payout_id=payout.id, reason=f" {'x' * 260}", by=MARA, at=moment)
    payout.refresh_from_db()
    assert (payout.state, payout.unclaimed, payout.known, payout.reason) == (PayoutState.SENT, True, True, "x" * 250)
    data = {"amount_minor": 12_000, "currency": "EUR", "reference": ""}
    assert audited(payout.id, program) == [("payout.unclaimed", "person", MARA.id, FILLED, data)]
    assert announced(payout.id, program)[1:] == [("payout.unclaimed", FILLED)]
    actions.leave_open(payout_id=payout.id, reason="silence", by=MARA, at=MADE)
    actions.leave_unclaimed(payout_id=payout.id, reason="waits", by=MARA, at=SENT)
    payout.refresh_from_db()
    assert (payout.unclaimed, payout.known, payout.reason) == (True, True, "waits")


def test_what_has_arrived_waits_for_nobody(settled: PayoutRun) -> None:
    payout = Payout.objects.get()
    for note in (actions.leave_open, actions.leave_unclaimed):
        with pytest.raises(PayoutMoved, match=r"a payout that is settled\."):
            note(payout_id=payout.id, reason="late", by=MARA, at=SETTLED)


def test_what_a_bank_wants_written_another_way_is_kept_once_and_told(program: Program, settled: PayoutRun) -> None:
    payout = Payout.objects.get()
    for moment in (APPROVED, MADE):
        actions.keep_notice(payout_id=payout.id, code="C01", corrected="9876543210", at=moment)
    actions.keep_notice(payout_id=payout.id, code="C05", corrected="37", at=SENT)
    rows = ChangeNotice.objects.filter(payout=payout).order_by("id")
    assert list(rows.values_list("code", "shown", "received_at")) == [("C01", "… 3210", APPROVED), ("C05", "", SENT)]
    assert "9876543210" not in rows[0].corrected
    told = [row for row in announced(payout.id, program) if row[0] == "payout.change_asked"]
    assert told == [("payout.change_asked", APPROVED), ("payout.change_asked", SENT)]
