"""What waits, with the promise that each kind of work has."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Attribution, Proposal
from rapport.apps.partners.actions import suspend_agreement
from rapport.flows.waiting import Waits, count_waiting, what_waits
from rapport.kit.ids import new_id
from tests.make.identity import NOON, STORY, make_organisation
from tests.make.program_pages import Everything, make_everything
from tests.make.road import make_click_id, report_sale

pytestmark = pytest.mark.django_db
ALL = frozenset(Waits)


@pytest.fixture
def told() -> Everything:
    return make_everything(make_organisation(), at=NOON)


def test_each_kind_says_what_it_is_about(told: Everything) -> None:
    waiting = {one.kind: one for one in what_waits(told.program, kinds=ALL, most=9, at=NOON)}
    assert waiting[Waits.APPLICATION].heading == "Sleep Atlas wants to join"
    assert waiting[Waits.CONFLICT].sentence == "148.00 EUR by API, 118.00 EUR by API"
    assert waiting[Waits.CORRECTION].heading == "Refund r-1 waits for order 99999"
    assert waiting[Waits.RECEIPT].sentence == "total: Give an amount such as 12.50."
    assert set(waiting) == {Waits.APPLICATION, Waits.CONFLICT, Waits.CORRECTION, Waits.RECEIPT}


def test_what_is_nearest_to_its_promise_comes_first_and_late_is_late(told: Everything) -> None:
    later = NOON + timedelta(hours=25)
    rows = what_waits(told.program, kinds=ALL, most=9, at=later)
    assert rows[0].kind == Waits.APPLICATION
    assert [row.kind for row in rows if row.is_late] == [Waits.APPLICATION]
    assert [row.share for row in rows] == sorted((row.share for row in rows), reverse=True)


def test_only_the_kinds_asked_for_are_read(told: Everything) -> None:
    rows = what_waits(told.program, kinds=frozenset({Waits.CONFLICT}), most=9, at=NOON)
    assert [row.subject for row in rows] == [told.in_conflict.id]


def test_a_held_commission_waits_at_its_order_and_a_conflict_does_not_wait_twice(told: Everything) -> None:
    suspend_agreement(agreement_id=told.agreement.id, reason="A question is open.", by=STORY, at=NOON)
    at = NOON + timedelta(hours=1)
    click = make_click_id(told.link, at=NOON + timedelta(minutes=5))
    held = report_sale(told.program, at=at, external_id="held-1", total="50.00", click_ids=[click])
    [row] = what_waits(told.program, kinds=frozenset({Waits.HELD}), most=9, at=at)
    assert row.subject == held.conversion.id
    assert "suspended" in row.sentence
    assert count_waiting(told.program).held == 1


def test_a_proposal_says_what_it_would_come_to(told: Everything) -> None:
    Proposal.objects.create(
        id=new_id("ppl", at=NOON),
        commission=told.commission,
        attribution=Attribution.objects.get(conversion=told.conversion),
        target_minor=600,
        cause="recomputed",
        created_at=NOON,
    )
    [row] = what_waits(told.program, kinds=frozenset({Waits.PROPOSAL}), most=9, at=NOON)
    assert row.heading == "Change the approved commission of Slow Mornings for order 10428?"
    assert row.sentence == "It would then be 6.00 EUR."
    Proposal.objects.update(told_at=NOON, reply_until=NOON + timedelta(days=14))
    [row] = what_waits(told.program, kinds=frozenset({Waits.PROPOSAL}), most=9, at=NOON)
    assert (row.sentence, row.age) == ("It would then be 6.00 EUR. The partner is heard first.", timedelta())
    Proposal.objects.update(replied_at=NOON)
    [row] = what_waits(told.program, kinds=frozenset({Waits.PROPOSAL}), most=9, at=NOON + timedelta(days=1))
    assert row.age == timedelta(days=1)
    counts = count_waiting(told.program)
    assert (counts.commissions, counts.conversions, counts.receipts) == (1, 2, 1)
