"""Credit the orders that used a code before anybody knew whose it is."""

from datetime import datetime

from rapport.apps.conversions.actions import give_codes_owner
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.models import Coupon
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.retrying import until_settled

AT_ONCE = 100
"""Orders that one transaction judges again."""


def credit_earlier(coupon: Coupon, *, by: Actor, at: datetime) -> int:
    """Judge every order that named a code before it was given, a portion at a time; return how many there were."""
    done = 0
    while found := until_settled(lambda: credit_some(coupon, by=by, at=at)):
        done += found
    return done


def credit_some(coupon: Coupon, *, by: Actor, at: datetime) -> int:
    """Judge one portion of them in one transaction; return how many stories it touched."""
    with transaction():
        touched = give_codes_owner(coupon, limit=AT_ONCE)
        if touched.keys:
            judge_touched(touched, offer=load_offer(coupon.program_id), cause="code-given", by=by, at=at)
    return len(touched.keys)
