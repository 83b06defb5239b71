"""A decline has a code, a reason, evidence and a deadline; the partner's reply opens it again, and a person ends it."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, HumanDecision
from rapport.apps.delivery.queries import outbox
from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.apps.threads.queries import messages_of
from rapport.domain.credit import HoldReason
from rapport.flows.deciding import lift_hold
from rapport.flows.declining import (
    AlreadyDeclined,
    DeclineIsFinal,
    NotDeclined,
    ReplyTooLate,
    decline_conversion,
    talk_of,
    undo_decline,
    uphold_decline,
)
from rapport.flows.replying import answer, reply
from rapport.flows.settlement import approve_due
from tests.make.identity import NOON, STORY, make_actor, make_member
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db

LAST_MOMENT = NOON.replace(month=3, day=16, hour=22, minute=59)
"""Berlin's 16 March ends at 23:00 UTC; told on 2 March, fourteen whole days follow."""
HOLD_OVER = NOON + timedelta(days=31)


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def agreement(program: Program) -> Agreement:
    """An agreement with somebody who has its portal."""
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")
    make_member(agreement.partner.organisation, Role.PARTNER)
    return agreement


@pytest.fixture
def order(program: Program, agreement: Agreement) -> Conversion:
    return report_sale(program, external_id="10428", total="100.00", coupons=["ANNA12"]).conversion


def decline(order: Conversion) -> None:
    evidence = "https://shop.example/claims/77"
    decline_conversion(
        conversion=order, code="fraud", reason="The card was stolen.", evidence=evidence, by=STORY, at=NOON
    )


def commission() -> Commission:
    return Commission.objects.select_related("agreement__program", "agreement__partner", "conversion__program").get()


def said(kind: str) -> int:
    return HumanDecision.objects.filter(kind=kind).count()


def test_the_partner_is_told_what_why_and_until_when(order: Conversion) -> None:
    decline(order)
    assert (commission().state, commission().accrued_minor) == ("declined", 0)
    mail = next(mail for mail in outbox() if "10428" in mail.subject)
    told = ("Fraud", "The card was stolen.", "https://shop.example/claims/77", "until 16 March 2026", "/portal/agr_")
    assert [words for words in told if words not in mail.body_text] == []
    assert "The card was stolen." in messages_of(commission().id)[0].body
    talk = talk_of(commission(), at=NOON)
    assert talk is not None
    assert (talk.state, talk.code_words, talk.evidence) == ("open", "Fraud", "https://shop.example/claims/77")


def test_before_anybody_came_in_the_applicant_is_written_to(program: Program) -> None:
    make_coupon(make_agreement(program), "NEW")
    order = report_sale(program, external_id="1", total="10.00", coupons=["NEW"]).conversion
    decline(order)
    assert len([mail for mail in outbox() if "was declined" in mail.subject]) == 1


def test_a_reply_within_the_deadline_opens_it_again_and_silence_does_not_approve_it(order: Conversion) -> None:
    decline(order)
    with pytest.raises(BadInput):
        reply(commission=commission(), body="  ", by=STORY, at=NOON)
    reply(commission=commission(), body="It was my own mother.", by=STORY, at=LAST_MOMENT)
    again = commission()
    assert (again.state, again.accrued_minor, again.holds) == ("disputed", 1_200, ["disputed"])
    assert approve_due(at=HOLD_OVER) == 0
    with pytest.raises(BadInput):
        lift_hold(conversion=order, hold=HoldReason.DISPUTED, reason="Never mind", by=STORY, at=HOLD_OVER)
    with pytest.raises(AlreadyDeclined, match="Uphold it, or take it back"):
        decline(order)
    undo_decline(conversion=order, reason="She is right.", by=STORY, at=HOLD_OVER)
    assert approve_due(at=HOLD_OVER) == 1
    assert [row.side for row in messages_of(again.id)] == ["program", "partner", "program"]


def test_an_upheld_decline_is_final_for_the_partner(order: Conversion) -> None:
    decline(order)
    with pytest.raises(NotDeclined):
        uphold_decline(conversion=order, reason="No reply yet", by=STORY, at=NOON)
    reply(commission=commission(), body="It was my own mother.", by=STORY, at=NOON + timedelta(days=1))
    uphold_decline(conversion=order, reason="The bank says otherwise.", by=STORY, at=NOON + timedelta(days=2))
    assert (commission().state, commission().worth.minor) == ("declined", 0)
    with pytest.raises(DeclineIsFinal):
        reply(commission=commission(), body="Please!", by=STORY, at=NOON + timedelta(days=3))
    talk = talk_of(commission(), at=NOON)
    assert talk is not None
    assert (talk.state, talk.answered) == ("upheld", "The bank says otherwise.")


def test_a_late_reply_is_refused_with_the_day_and_changes_nothing(order: Conversion) -> None:
    decline(order)
    with pytest.raises(ReplyTooLate, match="ended with 16 March 2026"):
        reply(commission=commission(), body="Sorry, I was away.", by=STORY, at=LAST_MOMENT + timedelta(minutes=1))
    assert (commission().state, said("decline_replied"), len(messages_of(commission().id))) == ("declined", 0, 1)
    talk = talk_of(commission(), at=HOLD_OVER)
    assert talk is not None
    assert talk.state == "over"


def test_declining_twice_is_one_decision_and_says_so(order: Conversion) -> None:
    decline(order)
    with pytest.raises(AlreadyDeclined, match="declined already"):
        decline(order)
    assert said("declined") == 1
    undo_decline(conversion=order, reason="A mistake", by=STORY, at=NOON + timedelta(hours=1))
    with pytest.raises(NotDeclined):
        undo_decline(conversion=order, reason="A mistake", by=STORY, at=NOON + timedelta(hours=2))
    assert (commission().state, said("decline_undone")) == ("pending", 1)


def test_a_decline_needs_a_code_of_the_list(order: Conversion) -> None:
    with pytest.raises(BadInput) as refused:
        decline_conversion(conversion=order, code="mood", reason="No", by=STORY, at=NOON)
    assert list(refused.value.fields) == ["code"]


def test_a_refund_while_it_is_disputed_takes_its_part_and_the_rest_stays_open(
    program: Program, order: Conversion
) -> None:
    decline(order)
    reply(commission=commission(), body="It was my own mother.", by=STORY, at=NOON + timedelta(days=1))
    report_correction(program, kind="refund", external_id="r1", of="10428", total="50.00")
    assert (commission().state, commission().accrued_minor) == ("disputed", 600)


def test_both_sides_may_write_about_what_waits_and_nothing_else_changes(
    program: Program, agreement: Agreement, order: Conversion
) -> None:
    partner = make_actor(agreement.partner.organisation, Role.PARTNER)
    reply(commission=commission(), body="When is this mine?", by=partner, at=NOON)
    answer(commission=commission(), body="On 2 April.", by=make_actor(program.workspace), at=NOON + timedelta(hours=1))
    rows = messages_of(commission().id)
    assert [(row.side, row.body) for row in rows] == [("partner", "When is this mine?"), ("program", "On 2 April.")]
    assert len([mail for mail in outbox() if "a message about order 10428" in mail.subject]) == 2
    assert commission().state == "pending"
    assert talk_of(commission(), at=NOON) is None
    assert order.decisions.count() == 0
