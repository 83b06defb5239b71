"""A test order is judged like a real one and booked nowhere."""

import pytest

from rapport.apps.commissions.queries import attribution_of
from rapport.apps.ledger.models import Entry
from rapport.apps.record.errors import BadInput
from rapport.flows.trial import TrialInput, send_trial
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_program

pytestmark = pytest.mark.django_db


def test_the_partner_whose_code_it_used_would_earn() -> None:
    agreement = make_agreement(make_program())
    make_coupon(agreement, "ANNA12")
    given = TrialInput(total="100.00", coupon="anna12")
    conversion = send_trial(program=agreement.program, given=given, by=STORY, at=NOON)
    attribution = attribution_of(conversion.id)
    assert attribution is not None
    assert (attribution.outcome, attribution.agreement_id, attribution.target_minor) == ("test", agreement.id, 0)
    assert not Entry.objects.exists()


def test_two_test_orders_are_two() -> None:
    program = make_program()
    orders = [send_trial(program=program, given=TrialInput(total="1.00"), by=STORY, at=NOON) for _time in range(2)]
    assert len({order.id for order in orders}) == 2


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        send_trial(program=make_program(), given=TrialInput(total="1,50"), by=STORY, at=NOON)
    assert set(refused.value.fields) == {"total"}
