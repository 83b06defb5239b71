"""Who may move what from where to where."""

from collections.abc import Iterable

import pytest

from rapport.domain.states import (
    MOVES,
    AgreementState,
    ApplicationState,
    CaseState,
    CommissionState,
    ConversionState,
    Needs,
    PayoutRunState,
    PayoutState,
    ProgramState,
    State,
    Who,
    find_move,
    may,
)

THINGS: tuple[type[State], ...] = (
    ProgramState,
    ApplicationState,
    AgreementState,
    ConversionState,
    CommissionState,
    CaseState,
    PayoutRunState,
    PayoutState,
)


def reached_from(start: State) -> set[State]:
    """Return every state that moves lead to."""
    reached, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        new = {move.target for move in MOVES if type(move.source) is type(state) and move.source == state} - reached
        reached |= new
        waiting += new
    return reached


@pytest.mark.parametrize("thing", THINGS)
def test_every_state_is_reached_from_the_first(thing: Iterable[State]) -> None:
    states = list(thing)
    assert reached_from(states[0]) | (reached_from(states[1]) if thing is CaseState else set()) == set(states)


def test_a_move_stays_with_its_thing_and_is_listed_once() -> None:
    assert all(type(move.source) is type(move.target) and move.source != move.target and move.by for move in MOVES)
    keys = {(type(move.source), move.source, move.target) for move in MOVES}
    assert len(keys) == len(MOVES)


@pytest.mark.parametrize(
    "last",
    [
        ProgramState.CLOSED,
        ApplicationState.APPROVED,
        AgreementState.ENDED,
        CommissionState.REVERSED,
        ConversionState.REVERSED,
        CaseState.GRANTED,
        PayoutRunState.CLOSED,
        PayoutState.CANCELLED,
        PayoutState.RETURNED,
        PayoutState.FAILED,
    ],
)
def test_what_is_over_stays_over(last: State) -> None:
    assert reached_from(last) == {last}


def test_two_things_may_share_a_word_but_no_move() -> None:
    assert find_move(ApplicationState.RECEIVED, ApplicationState.APPROVED)
    assert find_move(ApplicationState.RECEIVED, CommissionState.APPROVED) is None
    assert find_move(ProgramState.DRAFT, ProgramState.OPEN)
    assert find_move(PayoutRunState.DRAFT, PayoutRunState.CLOSED) is None


def test_silence_may_approve_a_commission_but_not_while_there_is_a_doubt() -> None:
    move = find_move(CommissionState.PENDING, CommissionState.APPROVED)
    assert move
    assert Who.SYSTEM in move.by
    assert Needs.NO_DOUBT in move.needs
    assert find_move(CommissionState.HELD, CommissionState.APPROVED) is None


def test_sales_people_never_reach_payouts() -> None:
    assert not [move for move in MOVES if type(move.source) in {PayoutState, PayoutRunState} and Who.SALES in move.by]


def test_partners_decide_only_about_what_is_theirs() -> None:
    assert may(AgreementState.PROPOSED, AgreementState.ACTIVE, by=Who.PARTNER)
    assert may(CaseState.WAITING_FOR_MERCHANT, CaseState.WITHDRAWN, by=Who.PARTNER)
    assert not may(CommissionState.PENDING, CommissionState.APPROVED, by=Who.PARTNER)
    assert not may(ProgramState.CLOSED, ProgramState.OPEN, by=Who.OWNER)


def test_approving_a_run_takes_a_second_person() -> None:
    move = find_move(PayoutRunState.DRAFT, PayoutRunState.APPROVED)
    assert move
    assert Needs.SECOND_PERSON in move.needs
