"""Give orders that wait for it the rate of their day, and judge them again."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from rapport.apps.conversions.actions import can_be_rated, lock_stories, rate_waiting
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.queries import awaiting_rate, programs_awaiting_rates
from rapport.apps.conversions.recording import Touched
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.judging import judge_touched
from rapport.flows.offers import Offer, load_offer
from rapport.flows.retrying import until_settled

PORTION = 40
"""Orders that are rated and judged in one transaction."""

BY = Actor.system("rates")


def rate_orders(*, at: datetime) -> int:
    """Rate whatever waits and can be, program by program; return how many orders were."""
    return sum(_rate_program(load_offer(program_id), at=at) for program_id in programs_awaiting_rates())


def _rate_program(offer: Offer, *, at: datetime) -> int:
    rated, last = 0, ""
    while waiting := awaiting_rate(offer.program.id, after=last, limit=PORTION):
        # Looked at without locks first: what waits for long costs nobody anything.
        if ready := can_be_rated(waiting, frame=offer.frame):
            rated += until_settled(partial(_rate_portion, ready, offer=offer, at=at))
        last = waiting[-1].id
    return rated


def _rate_portion(waiting: Sequence[Conversion], *, offer: Offer, at: datetime) -> int:
    with transaction():
        lock_stories(Touched.by(waiting).in_order())
        # Asked again under the locks: an order may have been told another moment, or been rated, meanwhile.
        still = awaiting_rate(offer.program.id, among=[row.id for row in waiting], limit=PORTION)
        touched = rate_waiting(still, frame=offer.frame)
        if touched.keys:
            judge_touched(touched, offer=offer, cause="rate-known", by=BY, at=at)
    return len(touched.keys)
