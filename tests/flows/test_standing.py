"""What happens to money that waits when its agreement ends."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.queries import recount
from rapport.apps.partners import actions as partners
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.domain.credit import HoldReason
from rapport.flows.deciding import lift_hold
from rapport.flows.settlement import approve_due, join_click_facts
from rapport.flows.standing import end_agreement
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=5)
AFTER_HOLD = NOON + timedelta(days=40)


def waiting() -> tuple[Program, Agreement]:
    """An order of 12.00 whose facts are known and whose hold goes on."""
    program = make_program()
    agreement = make_agreement(program)
    report_sale(program, external_id="1", total="100.00", click_ids=[make_click_id(make_link(agreement))])
    join_click_facts(at=SOON)
    return program, agreement


def state() -> tuple[str, list[str]]:
    commission = Commission.objects.get()
    return commission.state, commission.holds


def test_what_waits_is_held_at_once_when_the_agreement_ends_for_a_breach() -> None:
    program, agreement = waiting()

    end_agreement(agreement_id=agreement.id, for_breach=True, reason="Bid on our name.", by=STORY, at=SOON)

    assert state() == ("held", ["ended_for_breach"])
    assert approve_due(at=AFTER_HOLD) == 0
    lift_hold(
        conversion=Conversion.objects.get(),
        hold=HoldReason.ENDED_FOR_BREACH,
        reason="This one is clean.",
        by=STORY,
        at=AFTER_HOLD,
    )
    assert approve_due(at=AFTER_HOLD) == 1
    assert recount(program.id).problems == []


def test_what_waits_goes_on_when_the_agreement_just_ends() -> None:
    _program, agreement = waiting()

    end_agreement(agreement_id=agreement.id, for_breach=False, reason="They moved on.", by=STORY, at=SOON)

    assert state() == ("pending", [])
    assert approve_due(at=AFTER_HOLD) == 1


def test_silence_never_approves_what_would_be_held_if_it_were_judged_now() -> None:
    _program, agreement = waiting()
    partners.end_agreement(agreement_id=agreement.id, for_breach=True, reason="Stopped half way.", by=STORY, at=SOON)

    approve_due(at=AFTER_HOLD)

    assert state() == ("held", ["ended_for_breach"])
    assert Commission.objects.get().payable_minor == 0
