"""A code that is given later with an earlier start credits the orders that used it before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import NamedCoupon
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.inputs import CouponInput
from rapport.flows.codes import give_code
from rapport.flows.crediting import credit_earlier
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_program, report_sale

pytestmark = pytest.mark.django_db


def test_orders_that_used_a_code_before_it_was_given_earn_as_soon_as_its_dates_cover_them() -> None:
    program = make_program()
    agreement = make_agreement(program)
    for number, at in enumerate((NOON - timedelta(days=20), NOON)):
        report_sale(program, external_id=f"o{number}", total="100.00", coupons=["ANNA12"], at=at)
    assert not Commission.objects.exists()
    given = read_input(CouponInput, {"code": "ANNA12", "starts_at": NOON - timedelta(days=7)})
    coupon = give_code(agreement_id=agreement.id, given=given, by=STORY, at=NOON + timedelta(days=1))
    assert set(NamedCoupon.objects.values_list("coupon", flat=True)) == {coupon.id}
    earned = Commission.objects.get()
    assert (str(earned.conversion), earned.accrued_minor) == ("sale o1", 1_200)
    assert credit_earlier(coupon, by=STORY, at=timezone.now()) == 0
