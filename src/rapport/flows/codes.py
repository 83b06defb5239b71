"""Give a code to a partner, who from then on earns also from orders that used it before."""

from datetime import datetime

from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import create_coupon
from rapport.apps.tracking.inputs import CouponInput
from rapport.apps.tracking.models import Coupon
from rapport.flows.crediting import credit_some
from rapport.flows.tasks import credit_earlier_orders


def give_code(*, agreement_id: str, given: CouponInput, by: Actor, at: datetime) -> Coupon:
    """Create a coupon and judge the orders again that named its code before; what is left of many follows in a job."""
    with transaction():
        coupon = create_coupon(agreement_id=agreement_id, given=given, by=by, at=at)
        credit_some(coupon, by=by, at=at)
        # Also when none is left: an order that came in this very moment did not know the code yet.
        credit_earlier_orders.enqueue(coupon_id=coupon.id)
    return coupon
