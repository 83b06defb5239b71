"""What waits, with the promise that each kind of work has."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Attribution, Proposal
from rapport.apps.partners.actions import suspend_agreement
from rapport.domain.money import Money
from rapport.flows.waiting import Waiting, Waits, alike_together, count_waiting, what_waits
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


def held(number: int, *, sentence: str = "The agreement is suspended.", days: int = 1) -> Waiting:
    return Waiting(
        kind=Waits.HELD,
        subject=f"cnv_{number}",
        heading=f"The commission for order {number} is held",
        sentence=sentence,
        since=NOON - timedelta(days=days),
        age=timedelta(days=days),
        amount=Money(100 * number, "EUR"),
    )


def test_commissions_held_for_one_reason_stand_together_and_the_late_ones_apart() -> None:
    other = Waiting(
        kind=Waits.RUN, subject="run_1", heading="A run waits", sentence="", since=NOON, age=timedelta(hours=1)
    )
    alone = held(9, sentence="The budget is spent.")
    found = [held(1, days=9), held(2, days=9), held(3, days=3), other, held(4), alone, held(5)]
    shown = alike_together(found, most=50)
    assert [row.subject for row in shown] == ["cnv_1", "cnv_2", "", "run_1", "cnv_9"]
    together = shown[2]
    assert together.heading == "3 commissions are held for the same reason"
    assert (together.sentence, together.age, together.amount) == (
        "The agreement is suspended.",
        timedelta(days=3),
        Money(1_200, "EUR"),
    )
    assert alike_together(found[:2], most=50) == found[:2]
    assert alike_together([held(1), held(2), held(3)], most=3)[0].heading.startswith("3+ commissions")


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
