"""A commission keeps what was judged, what was booked and how it stands, each step with its reason."""

import pytest

from rapport.apps.commissions.actions import approve_commissions
from rapport.apps.commissions.models import Attribution, Commission, CommissionLine, CommissionState
from rapport.apps.commissions.queries import attribution_of, commissions_of_program
from rapport.apps.commissions.standing import state_of
from rapport.apps.programs.models import Program
from rapport.apps.record.write import transaction
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """A program with one sale of 100.00 that a code brought."""
    program = make_program()
    make_coupon(make_agreement(program), "ANNA12")
    report_sale(program, external_id="1", total="100.00", coupons=["ANNA12"])
    return program


def approve(program: Program) -> list[Commission]:
    with transaction():
        rows = list(Commission.objects.all())
        return approve_commissions(rows, program_id=program.id, reason="by-hand", by=STORY, at=NOON)


def test_every_judgement_that_says_something_new_is_kept_with_what_it_booked(program: Program) -> None:
    report_sale(program, external_id="1", total="100.00", coupons=["ANNA12"])
    report_correction(program, kind="refund", external_id="r1", of="1", total="50.00")
    commission = commissions_of_program(program.id).get()
    steps = CommissionLine.objects.filter(commission=commission).order_by("id")
    assert [(step.attribution.number, step.amount_minor, step.rule) for step in steps] == [
        (1, 1_200, "sale"),
        (2, -600, "sale"),
    ]
    holds = attribution_of(commission.source)
    assert holds is not None
    assert (holds.number, holds.target_minor, holds.cause) == (2, 600, "corrected")
    assert str(holds) == f"{commission.source} #2 earned"


def test_an_order_that_nobody_brought_is_judged_and_explained_without_a_commission() -> None:
    program = make_program()
    taken = report_sale(program, external_id="1", total="100.00")
    assert Attribution.objects.get(conversion=taken.conversion).outcome == "no_touch"
    assert not Commission.objects.exists()


def test_approval_makes_payable_what_waits_and_finds_nothing_the_second_time(program: Program) -> None:
    [approved] = approve(program)
    assert (approved.state, approved.payable_minor, approved.approved_at) == ("approved", 1_200, NOON)
    assert approve(program) == []


def test_the_state_is_the_earliest_that_has_an_amount() -> None:
    def state(**amounts: object) -> CommissionState:
        return state_of(Commission(**amounts))

    assert state(accrued_minor=1, payable_minor=1, paid_minor=1) == "pending"
    assert state(accrued_minor=1, holds=["conflict"]) == "held"
    assert state(payable_minor=1, paid_minor=1) == "approved"
    assert state(payable_minor=-1, paid_minor=2) == "paid"
    assert state(payable_minor=-1, paid_minor=1) == "reversed"
    assert state() == "reversed"
    assert state_of(Commission(), declined=True) == "declined"
