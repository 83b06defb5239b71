"""Carry a call to a provider: begin, and note what was answered; the provider itself is asked by the flow, in between.

An attempt that ended without an answer leaves the call unsure. Asking again under the same name pays nothing twice, as
long as the provider remembers the name; what it refuses after an unsure attempt is therefore not known to be unpaid.
"""

from datetime import datetime, timedelta

from rapport.apps.payouts.errors import CallMoved, TooLateToAskAgain
from rapport.apps.payouts.files import payouts_in_file
from rapport.apps.payouts.models import CallState, PayoutFile, PayoutState, RailCall
from rapport.apps.payouts.providers.protocol import spelled
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction

MOST_TRIES = 8
"""After so many attempts a person is asked."""

REMEMBERED = timedelta(days=29)
"""PayPal refuses a name again for 30 days; a day is left for its clock and ours."""

_FIRST_LOOK = timedelta(seconds=30)
_LONGEST_LOOK = timedelta(days=1)


def plan_call(file: PayoutFile) -> RailCall:
    """Plan the call of a file that was just made, inside the transaction that made it."""
    name = spelled(file.run_id) if file.part == 1 else f"{spelled(file.run_id)}-{file.part}"
    call = RailCall(file=file, name=name)
    call.save(force_insert=True)
    seal_rows([call])
    return call


def begin_call(*, name: str, at: datetime) -> RailCall | None:
    """Note that a call is about to go out; None where there is nothing to do."""
    with transaction():
        call = _locked(name)
        if call.state not in {CallState.WAITING, CallState.ASKED}:
            return None
        # A worker that was killed may have asked already: nobody knows.
        call.unsure = call.unsure or call.state == CallState.ASKED
        call.state, call.tries = CallState.ASKED, call.tries + 1
        call.first_asked_at = call.first_asked_at or at
        _keep(call, "state", "tries", "unsure", "first_asked_at")
    return call


def call_taken(*, name: str, batch_id: str, by: Actor, at: datetime) -> RailCall:
    """Note that the provider has a call, under its own name for it; from now on its items are looked at."""
    with transaction():
        call = _locked(name)
        if call.state == CallState.ASKED:
            call.state, call.batch_id, call.problem = CallState.TAKEN, batch_id[:64], ""
            call.answered_at, call.look_at = at, at + _FIRST_LOOK
            _keep(call, "state", "batch_id", "problem", "answered_at", "look_at")
            _trace(call, "taken", {"batch_id": call.batch_id}, by=by, at=at)
    return call


def call_refused(*, name: str, problem: str, by: Actor, at: datetime) -> RailCall:
    """Note that a provider refused a call; after an attempt without an answer that says nothing of what was paid."""
    with transaction():
        call = _locked(name)
        if call.state == CallState.ASKED:
            _end(call, CallState.UNKNOWN if call.unsure else CallState.REFUSED, problem, by=by, at=at)
    return call


def call_not_reached(*, name: str, problem: str, unsure: bool, by: Actor, at: datetime) -> bool:
    """Note an attempt without an answer; say whether it is tried again by itself, under the same name."""
    with transaction():
        call = _locked(name)
        if call.state != CallState.ASKED:
            return False
        call.unsure = call.unsure or unsure
        if call.tries >= MOST_TRIES:
            _end(call, CallState.UNKNOWN if call.unsure else CallState.REFUSED, problem, by=by, at=at)
            return False
        call.state, call.problem = CallState.WAITING, problem[:250]
        _keep(call, "state", "problem", "unsure")
    return True


def ask_again(*, name: str, by: Actor, at: datetime) -> RailCall:
    """Let a call go out once more under the same name, because a person says so."""
    with transaction():
        call = _locked(name)
        if call.state not in {CallState.REFUSED, CallState.UNKNOWN}:
            raise CallMoved(call.get_state_display())
        if call.first_asked_at and at - call.first_asked_at > REMEMBERED:
            raise TooLateToAskAgain
        call.state, call.tries = CallState.WAITING, 0
        _keep(call, "state", "tries")
        _trace(call, "asked_again", {}, by=by, at=at)
    return call


def give_call_back(*, name: str, by: Actor, at: datetime) -> RailCall:
    """Note that a refused call is given up; the flow then mirrors its payouts, of which nothing was paid."""
    with transaction():
        call = _locked(name)
        if call.state == CallState.GIVEN_BACK:
            return call
        if call.state != CallState.REFUSED:
            raise CallMoved(call.get_state_display())
        call.state = CallState.GIVEN_BACK
        _keep(call, "state")
        _trace(call, "given_back", {"problem": call.problem}, by=by, at=at)
    return call


def look_later(*, name: str, at: datetime) -> None:
    """Choose when a call is looked at next: the older it is the later, and never again when all is known."""
    with transaction():
        call = _locked(name)
        open_ = any(payout.state == PayoutState.SENT for payout in payouts_in_file(call.file))
        age = at - (call.answered_at or at)
        call.look_at = at + min(max(_FIRST_LOOK, age / 10), _LONGEST_LOOK) if open_ else None
        _keep(call, "look_at")


def look_soon(*, batch_id: str, program_id: str, at: datetime) -> bool:
    """Let a call be looked at now: its provider says that something happened to it."""
    with transaction():
        rows = RailCall.objects.filter(batch_id=batch_id, file__run__program_id=program_id, state=CallState.TAKEN)
        return rows.update(look_at=at) > 0


def _end(call: RailCall, state: CallState, problem: str, *, by: Actor, at: datetime) -> None:
    call.state, call.problem, call.answered_at = state, problem[:250], at
    _keep(call, "state", "problem", "answered_at", "unsure")
    _trace(call, str(state), {"problem": call.problem}, by=by, at=at)


def _locked(name: str) -> RailCall:
    rows = RailCall.objects.select_for_update(of=("self",)).select_related("file__run__program__workspace")
    return rows.get(name=name)


def _keep(call: RailCall, *names: str) -> None:
    call.save(update_fields=list(names))
    seal_rows([call])


def _trace(call: RailCall, what: str, data: dict[str, object], *, by: Actor, at: datetime) -> None:
    run = call.file.run
    told = {"call": call.name, "payouts": call.file.payouts_count, "total_minor": call.file.total_minor} | data
    workspace_id = run.program.workspace_id
    audit(by=by, at=at, action=f"rail_call.{what}", subject=run.id, workspace_id=workspace_id, data=told)
    announce(at=at, kind=f"rail_call.{what}", subject=run.id, workspace_id=workspace_id)
