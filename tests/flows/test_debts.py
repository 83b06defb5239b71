"""What partners owe: netted by what they earn, paid out at the end, or given up by two people with a reason."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Role
from rapport.apps.ledger.queries import balances_of_program
from rapport.apps.partners.actions import end_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.debts import debts_of
from rapport.apps.payouts.errors import DebtChanged, NoDebt, OwnWriteOff, WriteOffDecided, WriteOffOpen
from rapport.apps.payouts.models import Payout, WriteOff, WriteOffState
from rapport.apps.record.errors import BadInput
from rapport.domain.books import AccountKind
from rapport.domain.payouts import Outcome
from rapport.flows.doctor import run_checks
from rapport.flows.paying import record_outcome
from rapport.flows.statements import statement_of
from tests.make.identity import NOON, STORY, make_member
from tests.make.payouts import AFTER_HOLD, JONAS, MARA, make_method, make_payable, make_run, make_sent_run
from tests.make.road import make_agreement, make_program, report_correction

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD


@pytest.fixture
def anna() -> Agreement:
    """A partner who was paid 120.00, of which 60.00 were taken back, and whose agreement has ended."""
    agreement = make_agreement(make_program(), name="Slow Mornings")
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement, order="A-1")
    payout = Payout.objects.get(run=make_sent_run(agreement.program, at=LATER))
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER)
    take_back(agreement, "500.00")
    end_agreement(agreement_id=agreement.id, for_breach=False, reason="A year abroad", by=STORY, at=LATER)
    agreement.refresh_from_db()
    return agreement


def take_back(agreement: Agreement, total: str) -> None:
    report_correction(agreement.program, at=LATER, kind="refund", external_id=f"r{total}", of="A-1", total=total)


def problems() -> list[str]:
    found = [problem for check in run_checks() for problem in check.problems]
    return [problem for problem in found if "worker" not in problem]


def test_an_ended_agreement_is_paid_what_is_left_below_the_threshold_once_holds_are_over() -> None:
    agreement = make_agreement(make_program(), name="Slow Mornings")
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement, total="100.00")
    assert not Payout.objects.filter(run=make_run(agreement.program, at=LATER)).exists()
    end_agreement(agreement_id=agreement.id, for_breach=False, reason="A year abroad", by=STORY, at=LATER)
    assert Payout.objects.get(run=make_sent_run(agreement.program, at=LATER)).amount.minor == 1_200


def test_a_debt_that_nothing_will_net_is_given_up_by_two_people_and_stands_on_the_statement(anna: Agreement) -> None:
    found = debts_of(anna.program)
    assert [(one.agreement, one.owed.minor, one.is_stuck) for one in found] == [(anna, 6_000, True)]
    with pytest.raises(BadInput):
        actions.propose_write_off(agreement=anna, reason=" ", by=JONAS, at=LATER)
    row = actions.propose_write_off(agreement=anna, reason="Ended", by=JONAS, at=LATER)
    with pytest.raises(WriteOffOpen):
        actions.propose_write_off(agreement=anna, reason="Again", by=JONAS, at=LATER)
    with pytest.raises(OwnWriteOff):
        actions.approve_write_off(write_off_id=row.id, by=JONAS, at=LATER)
    assert problems() == []
    actions.approve_write_off(write_off_id=row.id, by=MARA, at=LATER)
    with pytest.raises(WriteOffDecided):
        actions.refuse_write_off(write_off_id=row.id, by=MARA, at=LATER)
    books = {name.kind: minor for name, minor in balances_of_program(anna.program_id).items()}
    assert (books[AccountKind.WRITTEN_OFF], debts_of(anna.program)) == (-6_000, [])
    told = statement_of(anna, first=date(2025, 1, 1), last=date(2030, 1, 1))
    assert ("Debt written off", 6_000) in [(line.words, line.amount.minor) for line in told.lines]
    assert told.opening + told.earned + told.adjusted - told.taken_back - told.paid == told.closing
    assert (told.closing.minor, problems()) == (0, [])
    with pytest.raises(NoDebt):
        actions.propose_write_off(agreement=anna, reason="Ended", by=JONAS, at=LATER)


def test_a_debt_that_changed_is_proposed_anew(anna: Agreement) -> None:
    row = actions.propose_write_off(agreement=anna, reason="Ended", by=JONAS, at=LATER)
    take_back(anna, "100.00")
    with pytest.raises(DebtChanged):
        actions.approve_write_off(write_off_id=row.id, by=MARA, at=LATER)
    actions.refuse_write_off(write_off_id=row.id, by=JONAS, at=LATER)
    again = actions.propose_write_off(agreement=anna, reason="Ended", by=JONAS, at=LATER)
    assert again.amount.minor == 7_200
    actions.approve_write_off(write_off_id=again.id, by=MARA, at=LATER)
    WriteOff.objects.filter(pk=row.pk).update(state=WriteOffState.APPROVED)
    assert f"{row.id} is not written off as it says." in problems()


def test_what_is_earned_later_is_paid_without_the_debt_that_was_given_up() -> None:
    agreement = make_agreement(make_program(), name="Slow Mornings")
    make_method(agreement.partner.organisation)
    make_payable(agreement.program, agreement, order="A-1")
    payout = Payout.objects.get(run=make_sent_run(agreement.program, at=LATER))
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=LATER)
    take_back(agreement, "500.00")
    assert not debts_of(agreement.program)[0].is_stuck
    row = actions.propose_write_off(agreement=agreement, reason="Our mistake", by=JONAS, at=LATER)
    actions.approve_write_off(write_off_id=row.id, by=MARA, at=LATER)
    make_payable(agreement.program, agreement, order="A-2")
    second = Payout.objects.get(run=make_sent_run(agreement.program, at=LATER + timedelta(days=1)))
    assert (second.amount.minor, problems()) == (12_000, [])


def test_two_people_of_finance_give_a_debt_up_on_their_pages(anna: Agreement) -> None:
    jonas, mara, manager = Client(), Client(), Client()
    for client, role in ((jonas, Role.FINANCE), (mara, Role.OWNER), (manager, Role.MANAGER)):
        client.force_login(make_member(anna.program.workspace, role))
    address = reverse("console:debt", args=[anna.program_id, anna.id])
    assert "no earnings will net it" in jonas.get(reverse("console:debts", args=[anna.program_id])).content.decode()
    assert jonas.post(address, {"reason": ""}).status_code == 422
    assert jonas.post(address, {"reason": "A year abroad"}).status_code == 303
    assert "Another person must approve it" in jonas.get(address).content.decode()
    row = WriteOff.objects.get()
    approve = reverse("console:write-off-approve", args=[anna.program_id, row.id])
    assert jonas.post(approve).status_code == 422
    assert manager.post(approve).status_code == 403
    assert "A year abroad" in manager.get(address).content.decode()
    assert mara.post(approve).status_code == 303
    page = mara.get(reverse("console:debts", args=[anna.program_id])).content.decode()
    assert ("Nobody owes anything" in page, "Written off" in page) == (True, True)
