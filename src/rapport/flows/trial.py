"""A test order, to see whether clicks and codes arrive: judged like a real one, booked nowhere."""

from datetime import datetime

from rapport.apps.conversions.inputs import ConversionInput
from rapport.apps.conversions.models import Conversion, Door
from rapport.apps.conversions.reading import read_conversion
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import Input, read_input
from rapport.flows.intake import take_conversions
from rapport.flows.offers import load_offer
from rapport.kit.ids import new_id


class TrialInput(Input):
    """What a person says about a test order; its amount is a decimal text in the program's currency."""

    kind: str = "sale"
    total: str
    click_id: str = ""
    coupon: str = ""


def send_trial(*, program: Program, given: TrialInput, by: Actor, at: datetime) -> Conversion:
    """Report a test order as the shop would; raises `BadInput` naming the field."""
    offer = load_offer(program.id)
    fields = {
        "kind": given.kind,
        "external_id": new_id("test", at=at),
        "currency": program.currency,
        "total": given.total,
        "click_ids": (given.click_id,) if given.click_id else (),
        "coupons": (given.coupon,) if given.coupon else (),
        "test": True,
    }
    read = read_conversion(read_input(ConversionInput, fields), frame=offer.frame, received_at=at)
    return take_conversions([read], offer=offer, door=Door.CONSOLE, by=by, at=at)[0].conversion
