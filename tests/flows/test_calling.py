"""Calls to PayPal: sent by the worker, killed anywhere, refused, unknown, asked again; nobody is ever paid twice."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from rapport.apps.delivery.models import Mail
from rapport.apps.payouts import actions
from rapport.apps.payouts.details import copy_of, put_copy
from rapport.apps.payouts.errors import CallMoved, TooLateToAskAgain
from rapport.apps.payouts.files import content_of
from rapport.apps.payouts.inputs import Details
from rapport.apps.payouts.models import CallState, MethodKind, Payout, PayoutRun, PayoutState, RailCall
from rapport.apps.payouts.providers.paypal.simulator import Simulator, serving
from rapport.apps.payouts.providers.protocol import spelled
from rapport.apps.payouts.queries import calls_to_look_at, payouts_of_run
from rapport.apps.record.errors import BadInput
from rapport.flows import calling
from tests.make.identity import NOON
from tests.make.payouts import (
    ACCOUNTS,
    AFTER_HOLD,
    JONAS,
    MARA,
    hold_to_the_books,
    make_account,
    make_approved_run,
    make_payable,
    make_rail_method,
    make_run,
)
from tests.make.road import make_agreement, make_program

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD


@pytest.fixture
def paypal(settings: Settings) -> Iterator[Simulator]:
    """A PayPal on this machine that knows the merchant."""
    known = ACCOUNTS[MethodKind.PAYPAL]
    simulator = Simulator(client_id=known["client_id"], secret=known["secret"])
    with serving(simulator) as address:
        settings.PAYPAL_SANDBOX_URL = address
        yield simulator


@pytest.fixture
def payouts() -> PayoutRun:
    """An approved run that pays 120.00 each to Anna and Ben by PayPal, with its call made."""
    program = make_program()
    make_account(program, MethodKind.PAYPAL)
    for name in ("anna", "ben"):
        agreement = make_agreement(program, name=name)
        make_rail_method(agreement.partner.organisation, MethodKind.PAYPAL, email=f"{name}@example.com")
        make_payable(program, agreement)
    run = make_approved_run(program)
    actions.make_files(run_id=run.id, kind=MethodKind.PAYPAL, by=JONAS, at=LATER)
    return run


def carry(run: PayoutRun, *, hours: int = 0) -> RailCall:
    with contextlib.suppress(calling.CallsWait):
        calling.carry_calls(run.id, clock=lambda: LATER + timedelta(hours=hours), pause=lambda _seconds: None)
    return RailCall.objects.get(file__run=run)


def look(run: PayoutRun, *, days: int = 1) -> None:
    calling.look_at_calls(clock=lambda: LATER + timedelta(days=days))


def states(run: PayoutRun) -> set[tuple[str, bool, bool]]:
    return set(Payout.objects.filter(run=run).values_list("state", "known", "unclaimed"))


def test_a_call_is_sent_looked_at_and_settled(paypal: Simulator, payouts: PayoutRun) -> None:
    call = carry(payouts)
    assert (call.state, call.tries, paypal.paid_minor()) == (CallState.TAKEN, 1, 24_000)
    assert states(payouts) == {(PayoutState.SENT, True, False)}
    assert calls_to_look_at(at=LATER) == []
    look(payouts)
    assert states(payouts) == {(PayoutState.SENT, True, False)}
    paypal.decide({"anna@example.com": "SUCCESS", "ben@example.com": "UNCLAIMED"}.__getitem__)
    look(payouts, days=2)
    look(payouts, days=3)
    assert states(payouts) == {(PayoutState.SETTLED, True, False), (PayoutState.SENT, True, True)}
    paypal.decide({"anna@example.com": "SUCCESS", "ben@example.com": "RETURNED"}.__getitem__)
    look(payouts, days=31)
    assert states(payouts) == {(PayoutState.SETTLED, True, False), (PayoutState.RETURNED, True, False)}
    assert RailCall.objects.get().look_at is None
    payout = Payout.objects.get(state=PayoutState.SETTLED)
    assert (payout.reference[:1], payout.way) == ("T", "by PayPal to a…@example.com")
    payouts.refresh_from_db()
    assert payouts.state == "closed"


@pytest.mark.parametrize("fault", ["broken", "taken, then broken", "taken, then silent", "busy"])
def test_an_attempt_without_an_answer_is_tried_again_and_pays_once(
    paypal: Simulator, payouts: PayoutRun, fault: str
) -> None:
    paypal.faults = [fault] * (4 if fault == "busy" else 1)
    assert carry(payouts).state == CallState.WAITING
    call = carry(payouts)
    assert (call.state, call.tries, call.problem) == (CallState.TAKEN, 2, "")
    assert (len(paypal.batches), paypal.paid_minor()) == (1, 24_000)


@pytest.mark.parametrize("was_asked", [False, True])
def test_a_worker_killed_before_or_after_the_provider_answered_pays_once(
    paypal: Simulator, payouts: PayoutRun, was_asked: bool
) -> None:
    call = RailCall.objects.get()
    begun = actions.begin_call(name=call.name, at=LATER)
    assert begun
    if was_asked:
        calling.speak_with(begun.file.account).pay(content_of(begun.file), name=begun.name)
    call = carry(payouts)
    assert (call.state, call.unsure, paypal.paid_minor()) == (CallState.TAKEN, True, 24_000)
    assert states(payouts) == {(PayoutState.SENT, True, False)}
    assert actions.begin_call(name=call.name, at=LATER) is None


def test_what_nobody_knows_stays_sent_until_a_person_asks_again(paypal: Simulator, payouts: PayoutRun) -> None:
    paypal.faults = ["broken"] * 7 + ["taken, then broken"]
    calls = [carry(payouts) for _ in range(8)]
    assert {call.state for call in calls[:-1]} == {CallState.WAITING}
    call = calls[-1]
    assert call.state == CallState.UNKNOWN
    assert states(payouts) == {(PayoutState.SENT, False, False)}
    assert carry(payouts).state == CallState.UNKNOWN
    assert make_run(payouts.program, at=LATER).payouts_count == 0
    with pytest.raises(CallMoved):
        actions.give_call_back(name=call.name, by=MARA, at=LATER)
    with pytest.raises(TooLateToAskAgain):
        actions.ask_again(name=call.name, by=MARA, at=LATER + timedelta(days=30))
    actions.ask_again(name=call.name, by=MARA, at=LATER)
    assert carry(payouts).state == CallState.TAKEN
    paypal.decide(lambda _receiver: "SUCCESS")
    look(payouts)
    assert states(payouts) == {(PayoutState.SETTLED, True, False)}
    assert paypal.paid_minor() == 24_000


def test_a_refused_call_waits_for_a_person_who_mends_the_cause_or_gives_it_back(
    paypal: Simulator, payouts: PayoutRun
) -> None:
    paypal.secret = "changed"
    call = carry(payouts)
    assert (call.state, "Client Authentication failed" in call.problem) == (CallState.REFUSED, True)
    assert states(payouts) == {(PayoutState.SENT, True, False)}
    actions.ask_again(name=call.name, by=MARA, at=LATER)
    assert carry(payouts).state == CallState.REFUSED
    actions.give_call_back(name=call.name, by=MARA, at=LATER)
    actions.give_call_back(name=call.name, by=MARA, at=LATER)
    carry(payouts)
    assert states(payouts) == {(PayoutState.FAILED, True, False)}
    assert Mail.objects.count() == 0
    assert make_run(payouts.program, at=LATER).total_minor == 24_000
    with pytest.raises(CallMoved):
        actions.ask_again(name=call.name, by=MARA, at=LATER)


def test_a_refusal_after_an_attempt_without_an_answer_says_nothing_of_what_was_paid(
    paypal: Simulator, payouts: PayoutRun
) -> None:
    paypal.faults = ["taken, then silent"]
    carry(payouts)
    paypal.secret = "changed"
    paypal.token_uses = 0
    assert carry(payouts).state == CallState.UNKNOWN
    assert states(payouts) == {(PayoutState.SENT, False, False)}


def test_a_call_that_was_denied_as_a_whole_is_payable_again(paypal: Simulator, payouts: PayoutRun) -> None:
    carry(payouts)
    for batch in paypal.batches.values():
        batch.state = "DENIED"
        for item in batch.items:
            item["transaction_status"] = "FAILED"
            item["errors"] = {"name": "INSUFFICIENT_FUNDS"}
    look(payouts)
    assert states(payouts) == {(PayoutState.FAILED, True, False)}
    reason = Payout.objects.filter(run=payouts).values_list("reason", flat=True)[0]
    assert reason == "There is not enough money in the PayPal account. (INSUFFICIENT_FUNDS)"


def test_a_call_that_somebody_changed_is_not_sent(paypal: Simulator, payouts: PayoutRun) -> None:
    payout = payouts_of_run(payouts.id)[0]
    put_copy(payout, Details(MethodKind.PAYPAL, copy_of(payout).holder, number="thief@example.com"))
    payout.save()
    call = carry(payouts)
    assert (call.state, "run the doctor" in call.problem, paypal.batches) == (CallState.REFUSED, True, {})


def test_a_provider_that_is_away_while_looking_is_asked_later(paypal: Simulator, payouts: PayoutRun) -> None:
    call = carry(payouts)
    paypal.batches.clear()
    look(payouts)
    call.refresh_from_db()
    assert call.look_at is not None
    assert call.look_at > LATER + timedelta(days=1)
    assert states(payouts) == {(PayoutState.SENT, True, False)}


def test_credentials_are_tried_before_money_depends_on_them(paypal: Simulator, settings: Settings) -> None:
    account = make_account(make_program(), MethodKind.PAYPAL)
    calling.try_account(account)
    paypal.secret = "changed"
    with pytest.raises(BadInput, match="does not take them"):
        calling.try_account(account)
    settings.PAYPAL_SANDBOX_URL = "http://127.0.0.1:1"
    with pytest.raises(BadInput, match="was not reached"):
        calling.try_account(account)


def test_more_than_one_call_takes_goes_out_in_several(paypal: Simulator) -> None:
    program = make_program()
    make_account(program, MethodKind.PAYPAL)
    for name in ("anna", "ben", "carla"):
        agreement = make_agreement(program, name=name)
        make_rail_method(agreement.partner.organisation, MethodKind.PAYPAL, email=f"{name}@example.com")
        make_payable(program, agreement)
    run = make_approved_run(program)
    files = actions.make_files(run_id=run.id, kind=MethodKind.PAYPAL, by=JONAS, at=LATER, most=2)
    assert [file.payouts_count for file in files] == [2, 1]
    calling.carry_calls(run.id, clock=lambda: LATER)
    names = [batch.sender_batch_id for batch in paypal.batches.values()]
    assert names == [spelled(run.id), f"{spelled(run.id)}-2"]
    assert paypal.paid_minor() == run.total_minor
    paypal.decide(lambda _receiver: "SUCCESS")
    look(run)
    assert states(run) == {(PayoutState.SETTLED, True, False)}


def test_the_books_hold_whatever_happens(paypal: Simulator, payouts: PayoutRun) -> None:
    paypal.faults = ["taken, then silent"]
    carry(payouts)
    carry(payouts)
    paypal.decide({"anna@example.com": "SUCCESS", "ben@example.com": "BLOCKED"}.__getitem__)
    look(payouts)
    hold_to_the_books(payouts.program, until=LATER + timedelta(days=60))
