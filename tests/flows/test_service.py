"""The three service clocks: what was decided lately at the median, and how old the oldest open thing is."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.ledger.models import Posting
from rapport.apps.partners.models import Application
from rapport.apps.payouts.models import Payout, PayoutLine, PayoutMethod, PayoutRun
from rapport.apps.programs.models import Program
from rapport.flows.approving import approve_by_hand
from rapport.flows.declining import decline_conversion
from rapport.flows.service import ServiceClock, service_clocks
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def clocks(program: Program) -> tuple[ServiceClock, ServiceClock, ServiceClock]:
    approval, validation, payment = service_clocks(program, at=NOON)
    return approval, validation, payment


def sell(program: Program, number: int, *, days_ago: int) -> Commission:
    sale = report_sale(
        program, external_id=str(number), total="100.00", coupons=["ANNA12"], at=NOON - days_ago * DAY
    ).conversion
    return Commission.objects.select_related("conversion__program").get(conversion=sale)


def test_a_program_without_a_past_shows_a_dash() -> None:
    approval, validation, payment = clocks(make_program())
    assert [(one.value, one.median, one.oldest) for one in (approval, validation, payment)] == [("–", None, None)] * 3
    assert (approval.unit, validation.unit, validation.share) == ("hours", "days", 0.0)


def test_applications_are_measured_from_their_arrival_to_their_decision() -> None:
    program = make_program()
    for hours in (1, 5, 30):
        application = Application.objects.get(agreement=make_agreement(program, name=f"After {hours}"))
        received_at = NOON - 10 * DAY
        Application.objects.filter(pk=application.pk).update(
            received_at=received_at, decided_at=received_at + timedelta(hours=hours)
        )
    approval, _validation, _payment = clocks(program)
    assert (approval.value, approval.unit, approval.oldest) == ("5", "hours", None)


def test_orders_are_measured_to_their_approval_or_decline() -> None:
    program = make_program()
    make_coupon(make_agreement(program), "ANNA12")
    approved, declined, _open = (sell(program, days, days_ago=days) for days in (4, 10, 20))
    approve_by_hand(program_id=program.id, commission_ids=[approved.id], by=STORY, at=NOON)
    assert declined.conversion
    decline_conversion(conversion=declined.conversion, code="fraud", reason="Stolen", by=STORY, at=NOON)
    _approval, validation, payment = clocks(program)
    assert (validation.value, validation.unit, validation.oldest) == ("7", "days", 20 * DAY)
    assert validation.promise == 31 * DAY
    assert payment.oldest == timedelta()


def test_money_is_measured_from_its_approval_to_the_settled_payout() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")
    commission = sell(program, 1, days_ago=40)
    approve_by_hand(program_id=program.id, commission_ids=[commission.id], by=STORY, at=NOON - 20 * DAY)
    run = PayoutRun.objects.create(
        id="run_1", program=program, currency="EUR", pay_on=NOON.date(), wish="w", prepared_at=NOON
    )
    method = PayoutMethod.objects.create(
        id="pme_1", organisation=agreement.partner.organisation, kind="manual", changed_at=NOON, usable_at=NOON
    )
    payout = Payout.objects.create(
        id="pay_1",
        run=run,
        agreement=agreement,
        amount_minor=1_200,
        currency="EUR",
        method=method,
        method_kind="manual",
        method_copy="",
        reserved_at=NOON - 9 * DAY,
        settled_at=NOON - 8 * DAY,
    )
    PayoutLine.objects.create(
        payout=payout, posting=Posting.objects.order_by("-id")[0], subject=commission.id, amount_minor=1_200
    )
    Commission.objects.filter(pk=commission.pk).update(payable_minor=0, paid_minor=1_200, state="paid")
    _approval, _validation, payment = clocks(program)
    assert (payment.value, payment.unit, payment.oldest, payment.share) == ("12", "days", None, 0.4)
