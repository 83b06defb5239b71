"""People approve by hand, many at once, with time to change their mind; the money is due once, whoever was faster."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import QuerySet

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import HumanDecision
from rapport.apps.identity.actions import add_member, end_membership
from rapport.apps.identity.models import Membership, Person, Role
from rapport.apps.identity.queries import actor_of
from rapport.apps.jobs.models import Intention
from rapport.apps.ledger.queries import recount
from rapport.apps.partners.actions import suspend_agreement
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.errors import BadInput, Refusal
from rapport.flows.approving import approve_by_hand, undo_approval
from rapport.flows.intentions import carry_out_due, intend_act, undo
from rapport.flows.settlement import SETTLING, approve_due, join_click_facts
from rapport.flows.tasks import carry_out_intentions, intentions_wait
from tests.make.identity import NOON, STORY, make_actor, make_member, make_person
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program, report_sale
from tests.support.databases import FreshDatabase

SOON = NOON + SETTLING + timedelta(seconds=1)
HOLD_OVER = NOON + timedelta(days=31)
WAITED = timedelta(seconds=10)


@pytest.fixture
def program(db: None) -> Program:
    """A program with two orders by code, which wait for their hold to end."""
    program = make_program()
    sell(program, 2)
    return program


def sell(program: Program, number: int) -> list[str]:
    """Report some orders that the code of one partner brought, and return their commissions."""
    make_coupon(make_agreement(program), "ANNA12")
    for order in range(1, number + 1):
        report_sale(program, external_id=str(order), total="100.00", coupons=["ANNA12"])
    return ids(program)


def rows_of(program: Program) -> QuerySet[Commission]:
    return Commission.objects.filter(agreement__program=program).order_by("conversion__external_id")


def ids(program: Program) -> list[str]:
    return [row.id for row in rows_of(program)]


def states(program: Program) -> list[tuple[str, int, int]]:
    """Return state, accrued and payable of every commission, after the books agreed with themselves."""
    assert recount(program.id).problems == []
    return [(row.state, row.accrued_minor, row.payable_minor) for row in rows_of(program)]


def test_approval_ends_the_hold_and_happens_once(program: Program) -> None:
    first, second = ids(program)
    assert approve_by_hand(program_id=program.id, commission_ids=[first], by=STORY, at=NOON) == {first: ""}
    assert states(program) == [("approved", 0, 1_200), ("pending", 1_200, 0)]
    again = approve_by_hand(program_id=program.id, commission_ids=[first, second, "com_x"], by=STORY, at=NOON)
    assert again == {first: "It is approved already.", second: "", "com_x": again["com_x"]}
    assert "no such commission" in again["com_x"]
    assert states(program) == [("approved", 0, 1_200)] * 2
    assert list(HumanDecision.objects.values_list("kind", flat=True)) == ["approved", "approved"]


def test_what_cannot_be_approved_says_why(db: None) -> None:
    program = make_program()
    unread = make_agreement(program, name="Unread")
    click = make_click_id(make_link(unread), at=NOON - timedelta(days=1))
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    suspended = make_agreement(program, name="Suspended")
    make_coupon(suspended, "SUS")
    suspend_agreement(agreement_id=suspended.id, reason="A check", by=STORY, at=NOON - timedelta(days=1))
    report_sale(program, external_id="2", total="100.00", coupons=["SUS"])
    refused = approve_by_hand(program_id=program.id, commission_ids=ids(program), by=STORY, at=NOON)
    assert [why[:24] for why in refused.values()] == ["Details of the click are", "The agreement was suspen"]
    assert states(program) == [("pending", 1_200, 0), ("held", 1_200, 0)]
    join_click_facts(at=SOON)
    assert approve_by_hand(program_id=program.id, commission_ids=ids(program)[:1], by=STORY, at=SOON) == {
        ids(program)[0]: ""
    }


def test_nobody_approves_what_they_are_paid_for(program: Program) -> None:
    commission = Commission.objects.select_related("agreement__partner").order_by("conversion__external_id")[0]
    person = make_member(program.workspace, Role.OWNER)
    partner = commission.agreement.partner.organisation
    add_member(organisation_id=partner.id, person_id=person.id, role=Role.PARTNER, by=STORY, at=NOON)
    told = approve_by_hand(program_id=program.id, commission_ids=[commission.id], by=actor_of(person), at=NOON)
    assert "Somebody else" in told[commission.id]
    assert states(program) == [("pending", 1_200, 0)] * 2


def test_an_approval_taken_back_waits_for_a_person_and_not_for_silence(program: Program) -> None:
    first, second = ids(program)
    approve_by_hand(program_id=program.id, commission_ids=[first], by=STORY, at=NOON)
    undone = undo_approval(program_id=program.id, commission_ids=[first, second], reason="Too soon", by=STORY, at=SOON)
    assert undone == {first: "", second: "It is not approved."}
    assert approve_due(at=HOLD_OVER) == 1
    assert states(program) == [("held", 1_200, 0), ("approved", 0, 1_200)]
    assert approve_by_hand(program_id=program.id, commission_ids=[first], by=STORY, at=HOLD_OVER) == {first: ""}
    assert states(program) == [("approved", 0, 1_200)] * 2


def test_what_is_in_a_payout_stays_approved_and_a_reason_is_needed(program: Program) -> None:
    first, _second = ids(program)
    approve_by_hand(program_id=program.id, commission_ids=[first], by=STORY, at=NOON)
    with pytest.raises(BadInput):
        undo_approval(program_id=program.id, commission_ids=[first], reason=" ", by=STORY, at=SOON)
    Commission.objects.filter(pk=first).update(reserved_minor=1_200, payable_minor=0)
    told = undo_approval(program_id=program.id, commission_ids=[first], reason="Too late", by=STORY, at=SOON)
    assert "in a payout already" in told[first]


def taken_back(wish: Intention) -> Intention:
    """Ask for an intention back, and let the worker do it."""
    asked = undo(intention=wish, program=Program.objects.get(pk=wish.place), by=STORY, at=SOON)
    assert asked.state == "undoing"
    carry_out_due(at=SOON + WAITED)
    asked.refresh_from_db()
    return asked


class TestIntentions:
    """What people intend happens some seconds later, unless they change their mind."""

    def test_within_ten_seconds_an_approval_is_simply_withdrawn(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=ids(program), by=STORY, at=NOON)
        assert carry_out_due(at=NOON + timedelta(seconds=9)) == 0
        assert undo(intention=wish, program=program, by=STORY, at=NOON).state == "withdrawn"
        assert carry_out_due(at=NOON + WAITED) == 0
        assert states(program) == [("pending", 1_200, 0)] * 2

    def test_afterwards_it_is_taken_back_by_a_mirror(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=ids(program), by=STORY, at=NOON)
        assert carry_out_due(at=NOON + WAITED) == 1
        assert states(program) == [("approved", 0, 1_200)] * 2
        Commission.objects.filter(pk=wish.subjects[0]).update(reserved_minor=1, payable_minor=1_199)
        undone = taken_back(wish)
        assert (undone.state, list(undone.kept)) == ("undone", wish.subjects[:1])
        Commission.objects.filter(pk=wish.subjects[0]).update(reserved_minor=0, payable_minor=1_200)
        assert states(program) == [("approved", 0, 1_200), ("held", 1_200, 0)]
        with pytest.raises(Refusal, match="has begun already"):
            undo(intention=wish, program=program, by=STORY, at=SOON)

    def test_a_decline_of_many_is_told_to_each_partner_and_undone_for_all(self, program: Program) -> None:
        wish = intend_act(
            act="decline", program=program, subjects=ids(program), by=STORY, at=NOON, code="fraud", reason="Stolen"
        )
        carry_out_due(at=NOON + WAITED)
        assert states(program) == [("declined", 0, 0)] * 2
        again = intend_act(
            act="decline", program=program, subjects=ids(program), by=STORY, at=SOON, code="fraud", reason="Stolen"
        )
        carry_out_due(at=SOON + WAITED)
        again.refresh_from_db()
        assert (again.state, {why[:26] for why in again.refused.values()}) == (
            "refused",
            {"This order is declined alr"},
        )
        taken_back(wish)
        assert states(program) == [("pending", 1_200, 0)] * 2
        with pytest.raises(Refusal):
            undo(intention=again, program=program, by=STORY, at=SOON)

    def test_nothing_is_left_to_take_back_once_it_is_paid(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=ids(program)[:1], by=STORY, at=NOON)
        carry_out_due(at=NOON + WAITED)
        Commission.objects.filter(pk=wish.subjects[0]).update(paid_minor=1_200, payable_minor=0)
        for _again in range(2):
            stays = taken_back(wish)
            assert stays.state == "done"
            assert "in a payout already" in stays.kept[wish.subjects[0]]

    def test_a_worker_that_was_killed_while_taking_back_goes_on_where_it_stopped(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=ids(program), by=STORY, at=NOON)
        carry_out_due(at=NOON + WAITED)
        undo(intention=wish, program=program, by=STORY, at=SOON)
        assert undo(intention=wish, program=program, by=STORY, at=SOON).state == "undoing"
        Intention.objects.filter(pk=wish.id).update(taken_back={ids(program)[0]: ""})
        carry_out_due(at=SOON)
        wish.refresh_from_db()
        assert (wish.state, states(program)) == ("undone", [("approved", 0, 1_200), ("held", 1_200, 0)])

    def test_whoever_asks_back_needs_the_right_when_it_is_done(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=ids(program), by=STORY, at=NOON)
        carry_out_due(at=NOON + WAITED)
        actor = make_actor(program.workspace, Role.MANAGER)
        undo(intention=wish, program=program, by=actor, at=SOON)
        end_membership(membership_id=Membership.objects.get(person_id=actor.id).id, by=STORY, at=SOON)
        carry_out_due(at=SOON)
        wish.refresh_from_db()
        assert (wish.state, set(wish.kept.values())) == ("done", {"You may not do this any more."})
        assert states(program) == [("approved", 0, 1_200)] * 2

    def test_taking_back_that_breaks_leaves_it_done_and_says_so(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=ids(program), by=STORY, at=NOON)
        carry_out_due(at=NOON + WAITED)
        undo(intention=wish, program=program, by=Actor(ActorKind.PERSON, "per_gone"), at=SOON)
        with pytest.raises(Person.DoesNotExist):
            carry_out_due(at=SOON)
        wish.refresh_from_db()
        assert (wish.state, {why[:20] for why in wish.kept.values()}) == ("done", {"Something broke on o"})

    def test_a_right_that_was_taken_away_meanwhile_is_gone(self, program: Program) -> None:
        actor = make_actor(program.workspace, Role.MANAGER)
        wish = intend_act(act="approve", program=program, subjects=ids(program), by=actor, at=NOON)
        seat = Membership.objects.get(person_id=actor.id)
        end_membership(membership_id=seat.id, by=STORY, at=NOON)
        carry_out_due(at=NOON + WAITED)
        wish.refresh_from_db()
        assert (wish.state, set(wish.refused.values())) == ("refused", {"You may not do this any more."})
        assert states(program) == [("pending", 1_200, 0)] * 2

    def test_one_that_breaks_says_so_and_holds_up_no_other(self, program: Program) -> None:
        broken = intend_act(act="no such act", program=program, subjects=["com_x"], by=STORY, at=NOON)
        whole = intend_act(act="approve", program=program, subjects=ids(program), by=STORY, at=NOON)
        assert intentions_wait()
        with pytest.raises(KeyError):
            carry_out_intentions.func()
        broken.refresh_from_db()
        whole.refresh_from_db()
        assert (broken.state, whole.state, intentions_wait()) == ("refused", "done", False)

    def test_a_worker_that_was_killed_goes_on_where_it_stopped(self, program: Program) -> None:
        wish = intend_act(act="approve", program=program, subjects=[*ids(program), "com_x"], by=STORY, at=NOON)
        Intention.objects.filter(pk=wish.id).update(outcomes={ids(program)[0]: ""})
        carry_out_due(at=NOON + WAITED)
        wish.refresh_from_db()
        assert (sorted(wish.done), list(wish.refused)) == (sorted(ids(program)), ["com_x"])
        assert states(program) == [("pending", 1_200, 0), ("approved", 0, 1_200)]


def test_two_people_who_approve_the_same_at_once_have_one_effect(fresh_database: FreshDatabase) -> None:
    program = make_program()
    wanted = sell(program, 20)
    people = [make_actor(program.workspace, role) for role in (Role.OWNER, Role.MANAGER)]
    start = Barrier(len(people))

    def approve(number: int) -> dict[str, str]:
        start.wait()
        order = wanted if number else wanted[::-1]
        try:
            return approve_by_hand(program_id=program.id, commission_ids=order, by=people[number], at=NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        told = list(pool.map(approve, range(len(people))))
    assert sorted("" in {one[commission] for one in told} for commission in wanted) == [True] * 20
    assert sum(not why for one in told for why in one.values()) == 20
    assert states(program) == [("approved", 0, 1_200)] * 20


def test_a_person_without_a_seat_may_intend_nothing(program: Program) -> None:
    stranger = actor_of(make_person())
    wish = intend_act(act="approve", program=program, subjects=ids(program), by=stranger, at=NOON)
    carry_out_due(at=NOON + WAITED)
    wish.refresh_from_db()
    assert wish.state == "refused"
