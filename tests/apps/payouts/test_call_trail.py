"""A call to a provider keeps every attempt: in its row, in the record, and for those told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model

from rapport.apps.payouts import actions
from rapport.apps.payouts.actions import calling
from rapport.apps.payouts.errors import CallMoved, TooLateToAskAgain
from rapport.apps.payouts.models import CallState, MethodKind, Payout, RailAccount, RailCall
from rapport.apps.payouts.queries import account_in_use
from rapport.apps.programs.models import Program
from rapport.apps.record.models import Announcement, AuditRow
from rapport.apps.record.sealing import broken_seals
from tests.make.identity import NOON
from tests.make.payouts import AFTER_HOLD, JONAS, MARA, make_account, make_approved_run, make_payable, make_rail_method
from tests.make.road import make_agreement

pytestmark = pytest.mark.django_db
MADE, ASKED, ANSWERED, AGAIN, LATE = (NOON + AFTER_HOLD + timedelta(hours=hours) for hours in range(5))


@pytest.fixture
def call(program: Program) -> RailCall:
    """A call that pays 120.00 by PayPal and waits to go out."""
    make_account(program, MethodKind.PAYPAL)
    agreement = make_agreement(program, name="anna")
    make_rail_method(agreement.partner.organisation, MethodKind.PAYPAL, email="anna@example.com")
    make_payable(program, agreement)
    run = make_approved_run(program)
    actions.make_files(run_id=run.id, kind=MethodKind.PAYPAL, by=JONAS, at=MADE)
    return RailCall.objects.get(file__run=run)


def told(call: RailCall) -> list[tuple[str, str, datetime, dict[str, Any]]]:
    """Return what the record holds of a call, and see that each row was announced too."""
    run = call.file.run
    workspace = run.program.workspace_id
    rows = AuditRow.objects.filter(subject=run.id, workspace_id=workspace, action__startswith="rail_call.")
    found = [(row.action, row.actor_id, row.at, row.data) for row in rows.order_by("id")]
    heard = Announcement.objects.filter(subject=run.id, workspace_id=workspace, kind__startswith="rail_call.")
    assert list(heard.order_by("id").values_list("kind", "at")) == [(action, at) for action, _, at, _ in found]
    return found


def holds(model: type[Model]) -> bool:
    return all(not broken for _, broken in broken_seals(model))


def data_of(call: RailCall, **more: str) -> dict[str, Any]:
    return {"call": call.name, "payouts": 1, "total_minor": 12_000, **more}


def kept(call: RailCall) -> tuple[str, int, bool, str]:
    call.refresh_from_db()
    assert holds(RailCall)
    return call.state, call.tries, call.unsure, call.problem


def test_a_call_goes_out_and_is_taken_once(call: RailCall) -> None:
    begun = actions.begin_call(name=call.name, at=ASKED)
    assert begun is not None
    assert kept(call) == (CallState.ASKED, 1, False, "")
    assert call.first_asked_at == ASKED
    for moment in (ANSWERED, LATE):
        actions.call_taken(name=call.name, batch_id="B" * 70, by=MARA, at=moment)
    assert kept(call) == (CallState.TAKEN, 1, False, "")
    assert (call.batch_id, call.answered_at, call.look_at) == ("B" * 64, ANSWERED, ANSWERED + timedelta(seconds=30))
    assert told(call) == [("rail_call.taken", MARA.id, ANSWERED, data_of(call, batch_id="B" * 64))]
    assert actions.begin_call(name=call.name, at=LATE) is None
    assert not actions.call_not_reached(name=call.name, problem="late", unsure=True, by=MARA, at=LATE)
    assert actions.call_refused(name=call.name, problem="late", by=MARA, at=LATE).state == CallState.TAKEN


def test_a_worker_that_was_killed_leaves_a_call_unsure(call: RailCall) -> None:
    actions.begin_call(name=call.name, at=ASKED)
    actions.begin_call(name=call.name, at=AGAIN)
    assert kept(call) == (CallState.ASKED, 2, True, "")
    assert call.first_asked_at == ASKED
    actions.call_refused(name=call.name, problem="p" * 300, by=MARA, at=ANSWERED)
    assert kept(call) == (CallState.UNKNOWN, 2, True, "p" * 250)
    assert call.answered_at == ANSWERED
    assert told(call) == [("rail_call.unknown", MARA.id, ANSWERED, data_of(call, problem="p" * 250))]


@pytest.mark.parametrize(("unsure", "end"), [(False, CallState.REFUSED), (True, CallState.UNKNOWN)])
def test_attempts_without_an_answer_are_tried_so_often_and_then_a_person_is_asked(
    call: RailCall, unsure: bool, end: CallState
) -> None:
    tries = calling.MOST_TRIES
    for number in range(1, tries + 1):
        actions.begin_call(name=call.name, at=ASKED)
        by_itself = actions.call_not_reached(
            name=call.name, problem="w" * 300, unsure=unsure and number == 1, by=MARA, at=ANSWERED
        )
        assert by_itself == (number < tries)
        assert kept(call) == (CallState.WAITING if by_itself else end, number, unsure, "w" * 250)
    assert told(call) == [(f"rail_call.{end}", MARA.id, ANSWERED, data_of(call, problem="w" * 250))]


def test_a_person_asks_again_in_time_and_only_what_was_refused(call: RailCall) -> None:
    with pytest.raises(CallMoved, match=call.get_state_display().lower()):
        actions.ask_again(name=call.name, by=JONAS, at=AGAIN)
    actions.begin_call(name=call.name, at=ASKED)
    actions.call_refused(name=call.name, problem="no", by=MARA, at=ANSWERED)
    remembered = calling.REMEMBERED
    with pytest.raises(TooLateToAskAgain):
        actions.ask_again(name=call.name, by=JONAS, at=ASKED + remembered + timedelta(seconds=1))
    actions.ask_again(name=call.name, by=JONAS, at=ASKED + remembered)
    assert kept(call) == (CallState.WAITING, 0, False, "no")
    assert told(call)[1:] == [("rail_call.asked_again", JONAS.id, ASKED + remembered, data_of(call))]


def test_a_refused_call_is_given_back_once(call: RailCall) -> None:
    with pytest.raises(CallMoved, match=call.get_state_display().lower()):
        actions.give_call_back(name=call.name, by=JONAS, at=AGAIN)
    actions.begin_call(name=call.name, at=ASKED)
    actions.call_refused(name=call.name, problem="no", by=MARA, at=ANSWERED)
    for moment in (AGAIN, LATE):
        assert actions.give_call_back(name=call.name, by=JONAS, at=moment).state == CallState.GIVEN_BACK
    assert kept(call)[0] == CallState.GIVEN_BACK
    assert told(call)[1:] == [("rail_call.given_back", JONAS.id, AGAIN, data_of(call, problem="no"))]


def test_a_call_is_looked_at_ever_more_rarely_until_all_is_known(call: RailCall) -> None:
    actions.begin_call(name=call.name, at=ASKED)
    actions.call_taken(name=call.name, batch_id="B1", by=MARA, at=ANSWERED)
    Payout.objects.update(state="sent")
    for after, pause in (
        (timedelta(minutes=1), timedelta(seconds=30)),
        (timedelta(hours=10), timedelta(hours=1)),
        (timedelta(days=30), timedelta(days=1)),
    ):
        actions.look_later(name=call.name, at=ANSWERED + after)
        call.refresh_from_db()
        assert call.look_at == ANSWERED + after + pause
    Payout.objects.update(state="settled")
    actions.look_later(name=call.name, at=LATE)
    call.refresh_from_db()
    assert call.look_at is None


def test_a_provider_that_tells_of_a_call_is_heard_only_by_the_program_it_belongs_to(
    call: RailCall, program: Program
) -> None:
    assert not actions.look_soon(batch_id="", program_id=program.id, at=AGAIN)
    actions.begin_call(name=call.name, at=ASKED)
    actions.call_taken(name=call.name, batch_id="B1", by=MARA, at=ANSWERED)
    assert not actions.look_soon(batch_id="B2", program_id=program.id, at=AGAIN)
    assert not actions.look_soon(batch_id="B1", program_id="prg_01jd0000000000000000000000", at=AGAIN)
    call.refresh_from_db()
    assert call.look_at == ANSWERED + timedelta(seconds=30)
    assert actions.look_soon(batch_id="B1", program_id=program.id, at=AGAIN)
    call.refresh_from_db()
    assert call.look_at == AGAIN
    assert holds(RailCall)


def test_an_account_leaves_its_story_without_its_secrets(program: Program) -> None:
    first = make_account(program, MethodKind.IBAN, at=MADE)
    assert make_account(program, MethodKind.IBAN, at=ASKED) == first
    second = make_account(program, MethodKind.IBAN, at=ANSWERED, town="Leeds")
    for moment in (AGAIN, LATE):
        actions.forget_account(program=program, kind=MethodKind.IBAN, by=MARA, at=moment)
    assert account_in_use(program.id, MethodKind.IBAN) is None
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.replaced_at, second.replaced_at) == (ANSWERED, AGAIN)
    assert holds(RailAccount)
    rows = AuditRow.objects.filter(subject=program.id, action__startswith="rail_account.").order_by("id")
    story = [(row.action, row.actor_id, row.at, row.data["account"], row.data["replaces"]) for row in rows]
    assert story == [
        ("rail_account.changed", JONAS.id, MADE, first.id, ""),
        ("rail_account.changed", JONAS.id, ANSWERED, second.id, first.id),
        ("rail_account.forgotten", MARA.id, AGAIN, second.id, ""),
    ]
    assert {row.data["kind"] for row in rows} == {"iban"}
    assert [len(row.data["digest"]) for row in rows] == [64, 64, 64]
    assert rows[0].data["digest"] != rows[1].data["digest"] == rows[2].data["digest"]
    assert all("GB29" not in str(row.data) for row in rows)
    heard = Announcement.objects.filter(subject=program.id, kind__startswith="rail_account.").order_by("id")
    assert list(heard.values_list("kind", "at", "workspace_id")) == [
        (action, at, program.workspace_id) for action, _, at, _, _ in story
    ]
