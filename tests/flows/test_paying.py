"""Paying with everything around it: letters, the bank's answer file, what a page tells of a run, the worker's jobs."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import abandon_run, make_files, prepare_run
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind, Payout, PayoutRunState, PayoutState
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.domain.money import Money
from rapport.domain.payouts import Outcome
from rapport.flows import hearing, paying, paying_jobs
from rapport.flows.doctor import LOOKS
from rapport.flows.doctor.looks import look_at
from rapport.flows.explaining import explain
from rapport.flows.payout_runs import next_payday_of, tell_run, would_be_paid
from rapport.flows.purse import rows_for_partner
from rapport.flows.waiting import Waits, count_waiting, what_waits
from rapport.kit.clock import now
from tests.make.identity import NOON, STORY, make_person
from tests.make.payouts import (
    AFTER_HOLD,
    GOOD_IBAN,
    JONAS,
    MARA,
    make_approved_run,
    make_method,
    make_payable,
    make_run,
    make_sent_run,
)
from tests.make.road import make_agreement, make_program, report_correction

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def anna(program: Program) -> Agreement:
    """A partner with one person, a method and 120.00 due."""
    agreement = make_agreement(program, name="Slow Mornings")
    person = make_person("Anna Reuter", email="anna@example.com")
    add_member(
        organisation_id=agreement.partner.organisation_id, person_id=person.id, role=Role.PARTNER, by=STORY, at=NOON
    )
    make_payable(program, agreement, order="A-1")
    make_method(agreement.partner.organisation)
    return agreement


def note(payout: Payout, outcome: Outcome, words: str) -> None:
    paying.record_outcome(payout=payout, outcome=outcome, words=words, by=MARA, at=LATER)


def letters() -> list[str]:
    return sorted(Mail.objects.values_list("subject", flat=True))


def test_a_partner_is_told_of_money_that_arrived_and_of_money_that_did_not(program: Program, anna: Agreement) -> None:
    payout = Payout.objects.get(run=make_sent_run(program))
    note(payout, Outcome.SETTLED, "REF-1")
    note(payout, Outcome.SETTLED, "REF-1")
    assert letters() == ["120.00 EUR from Partner program"]
    mail = Mail.objects.get()
    assert (mail.recipient, "REF-1" in mail.body_text, "DE… 3000" in mail.body_text) == ("anna@example.com", True, True)
    assert f"/portal/{anna.id}/commissions/payouts/{payout.id}/" in mail.body_text
    payout.refresh_from_db()
    note(payout, Outcome.RETURNED, "Account closed")
    assert letters() == ["120.00 EUR from Partner program", "A payout of Partner program did not arrive"]


def test_a_change_of_method_is_told_to_everybody_of_the_partner(anna: Agreement) -> None:
    given = MethodInput(kind=MethodKind.PAYPAL, holder="Anna", email="anna@example.com")
    for days in (1, 2):
        paying.change_method(agreement=anna, given=given, by=STORY, at=NOON + timedelta(days=days), own=True)
    body = Mail.objects.get().body_text
    assert "a…@example.com" in body
    assert "nothing is paid this way before 6 March 2026" in body
    back = MethodInput(kind=MethodKind.IBAN, holder="Anna Reuter", iban=GOOD_IBAN)
    paying.change_method(agreement=anna, given=back, by=JONAS, at=NOON + timedelta(days=3), own=False)
    assert len(letters()) == 2


def test_the_answer_of_a_bank_is_taken_in_row_by_row(program: Program, anna: Agreement) -> None:
    ben = make_agreement(program, name="Deal Otter")
    make_payable(program, ben, order="B-1")
    make_method(ben.partner.organisation)
    run = make_sent_run(program)
    first, second = Payout.objects.filter(run=run).order_by("id")
    text = (
        f"payout,outcome,reference\r\n{first.id},Settled,REF-1\r\npay_other,settled,X\r\n"
        f"{second.id},unknown,silent\r\n{second.id},failed,IBAN closed\r\n{second.id},settled,X\r\n"
    )
    answers = hearing.read_answers(text.encode("utf-8-sig"))
    taken = hearing.take_answers(answers, program_id=program.id, by=MARA, at=LATER)
    assert taken.moved == 3
    assert [line for line, _sentence in taken.refused] == [3, 6]
    assert list(Payout.objects.order_by("id").values_list("state", flat=True)) == [
        *(PayoutState.SETTLED, PayoutState.FAILED),
    ]
    run.refresh_from_db()
    assert run.state == PayoutRunState.CLOSED
    assert hearing.take_answers(answers[:1], program_id=program.id, by=MARA, at=LATER) == hearing.Taken(0, 0, ())


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"", b"payout,outcome\r\na,settled\r\n", b"payout,outcome,reference\r\na,perhaps,\r\n"],
)
def test_an_answer_that_cannot_be_read_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        hearing.read_answers(content)
    assert refused.value.fields["file"]


def test_the_worker_carries_runs_through(program: Program, anna: Agreement) -> None:
    run = prepare_run(program=program, pay_on=LATER.date().replace(year=2099), wish="w", by=JONAS, at=now())
    paying_jobs.fill_run.call(run_id=run.id)
    run.refresh_from_db()
    assert run.total == Money(12_000, "EUR")
    abandon_run(run_id=run.id, reason="Wrong day", by=JONAS, at=now())
    paying_jobs.release_run.call(run_id=run.id)
    assert Payout.objects.get(run=run).state == PayoutState.CANCELLED
    again = make_approved_run(program)
    make_files(run_id=again.id, kind=MethodKind.IBAN, by=JONAS, at=LATER)
    paying_jobs.send_run.call(run_id=again.id)
    assert Payout.objects.get(run=again).state == PayoutState.SENT


def test_a_page_tells_what_is_due_and_what_changed_since_a_draft(program: Program, anna: Agreement) -> None:
    ben = make_agreement(program, name="Deal Otter")
    make_payable(program, ben, order="B-1")
    due = {row.agreement.partner.name: row.verdict for row in would_be_paid(program, at=LATER)}
    assert due == {"Slow Mornings": "eligible", "Deal Otter": "no_method"}
    assert count_waiting(program).payouts == 1
    first = make_sent_run(program, at=LATER)
    run = make_run(program, at=LATER + timedelta(hours=1))
    assert (tell_run(run).since, tell_run(run).before) == (tell_run(run).since, first)
    make_method(ben.partner.organisation)
    run = make_run(program, at=LATER + timedelta(hours=2))
    report_correction(program, at=LATER + timedelta(hours=3), kind="refund", external_id="r", of="B-1", total="500.00")
    make_method(ben.partner.organisation, at=LATER + timedelta(hours=4), iban="GB29NWBK60161331926819")
    told = tell_run(run)
    assert told.since is not None
    assert (told.since.reversed, [one.agreement for one in told.since.methods]) == (Money(6_000, "EUR"), [ben])
    assert told.difference == Money(0, "EUR")
    note(Payout.objects.get(run=first), Outcome.UNKNOWN, "?")
    kinds = frozenset({Waits.RUN, Waits.UNKNOWN, Waits.UNPAID})
    waiting = what_waits(program, kinds=kinds, most=9, at=LATER + timedelta(days=1))
    assert {one.kind for one in waiting} == {Waits.RUN, Waits.UNKNOWN}
    assert next_payday_of(program, at=NOON).isoformat() == "2026-03-16"


def test_the_explanation_says_which_payout_paid_and_the_partner_reads_day_and_reference(
    program: Program, anna: Agreement
) -> None:
    commission = Commission.objects.get()
    payout = Payout.objects.get(run=make_sent_run(program))
    commission.refresh_from_db()
    assert explain(commission, at=LATER).partner.sentence == "yours, on its way to you"
    note(payout, Outcome.SETTLED, "REF-1")
    commission.refresh_from_db()
    told = explain(commission, at=LATER)
    assert told.partner.sentence == "paid on 2 May 2026, ref. REF-1"
    assert [step.heading for step in told.steps][-2:] == ["Taken into a payout", "Paid"]
    assert rows_for_partner([commission], at=LATER)[0].word == told.partner
    note(Payout.objects.get(), Outcome.RETURNED, "Closed")
    commission.refresh_from_db()
    told = explain(commission, at=LATER)
    assert (commission.state, told.partner.word) == (CommissionState.APPROVED, "yours")
    assert told.steps[-2].heading == "The payout did not arrive"


def test_the_doctor_holds_payouts_to_their_lines_and_to_the_books(program: Program, anna: Agreement) -> None:
    payout = Payout.objects.get(run=make_sent_run(program))
    assert payouts_check() == []
    Payout.objects.update(amount_minor=11_999)
    told = payouts_check()
    assert len(told) == 3
    assert told[0] == f"{payout.id} pays another amount than its lines come to."
    Payout.objects.update(amount_minor=12_000, state=PayoutState.SETTLED)
    assert sum(anna.id in sentence for sentence in payouts_check()) == 2


def payouts_check() -> list[str]:
    return list(look_at("payouts as booked", dict(LOOKS)["payouts as booked"]).problems)
