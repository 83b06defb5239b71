"""Carry calls to providers and look what became of them; no transaction is open while a provider is asked."""

import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.payouts import actions
from rapport.apps.payouts.details import account_of
from rapport.apps.payouts.errors import PayoutMoved
from rapport.apps.payouts.files import content_of, digest_of_file, payouts_in_file
from rapport.apps.payouts.models import CallState, PayoutState, RailAccount, RailCall
from rapport.apps.payouts.providers.paypal.client import ADDRESSES, Credentials, NotSent, PayPal, Refused, Told, Unsure
from rapport.apps.payouts.providers.protocol import RailAnswer
from rapport.apps.payouts.queries import call_named, calls_of, calls_to_carry, calls_to_look_at
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, Unreadable
from rapport.domain.payouts import Outcome
from rapport.flows.hearing import take_answers
from rapport.flows.paying import record_outcome, send_run
from rapport.kit.outgoing import Outgoing

BY = Actor.system("paypal")

Clock = Callable[[], datetime]
Pause = Callable[[float], None]


class CallsWait(Exception):
    """A provider was not reached: the job is run again a little later."""


def carry_calls(run_id: str, *, clock: Clock, pause: Pause = time.sleep) -> None:
    """Send the calls of a run. Safe to kill at any moment: whatever was asked is asked again under the same name."""
    send_run(run_id, clock=clock)
    waits = [name for name in calls_to_carry(run_id) if not _carried(name, clock=clock, pause=pause)]
    for call in calls_of(run_id):
        _follow(call, at=clock())
    if waits:
        raise CallsWait(", ".join(waits))


def look_at_calls(*, clock: Clock) -> None:
    """Look at every call whose time has come, and note what became of its payouts."""
    for name in calls_to_look_at(at=clock()):
        look_at_call(name, clock=clock)


def look_at_call(name: str, *, clock: Clock) -> None:
    """Ask a provider what became of everything in one call, and note it."""
    call = call_named(name)
    if call.state == CallState.TAKEN:
        try:
            told = speak_with(call.file.account).look(call.batch_id)
        except (NotSent, Refused, Unsure, Unreadable):
            told = None  # a provider that is away is asked again later
        if told:
            take_answers(_answers(call, told), program_id=call.file.run.program_id, by=BY, at=clock())
    actions.look_later(name=name, at=clock())


def try_account(account: RailAccount) -> None:
    """Ask a provider whether it knows these credentials; raises `BadInput` with a sentence where it does not."""
    try:
        speak_with(account).try_credentials()
    except Refused as refused:
        raise BadInput(_("PayPal does not take them: %(words)s") % {"words": refused}) from refused
    except (NotSent, Unsure) as nothing:
        raise BadInput(_("PayPal was not reached: %(words)s") % {"words": nothing}) from nothing


def speak_with(account: RailAccount | None, *, pause: Pause = time.sleep) -> PayPal:
    """Return a conversation with PayPal as this account; its sandbox may be a simulator on this machine."""
    if account is None:
        raise AssertionError("a call has an account")
    details = account_of(account)
    own = settings.PAYPAL_SANDBOX_URL if details["environment"] == "sandbox" else ""
    address = own or ADDRESSES[details["environment"]]
    loopback = frozenset({urlsplit(own).netloc}) if own else frozenset[str]()
    return PayPal(Credentials(details["client_id"], details["secret"], address), Outgoing(loopback=loopback), pause)


def _carried(name: str, *, clock: Clock, pause: Pause) -> bool:
    """Try to send one call; say whether it is answered, one way or another."""
    call = actions.begin_call(name=name, at=clock())
    if call is None:
        return True
    try:
        batch_id = _pay(call_named(name), pause=pause)
    except (Refused, Unreadable) as refused:
        actions.call_refused(name=name, problem=str(refused), by=BY, at=clock())
    except (NotSent, Unsure) as nothing:
        unsure = isinstance(nothing, Unsure)
        return not actions.call_not_reached(name=name, problem=str(nothing), unsure=unsure, by=BY, at=clock())
    else:
        actions.call_taken(name=name, batch_id=batch_id, by=BY, at=clock())
    return True


def _pay(call: RailCall, *, pause: Pause) -> str:
    content = content_of(call.file)
    if digest_of_file(content) != call.file.digest:
        raise Refused(_("The call is not what it was when it was made. Nothing was sent; run the doctor."))
    return speak_with(call.file.account, pause=pause).pay(content, name=call.name)


def _follow(call: RailCall, *, at: datetime) -> None:
    """Let the payouts follow their call: open where nobody knows, payable again where it was given back."""
    outcome = {CallState.UNKNOWN: Outcome.UNKNOWN, CallState.GIVEN_BACK: Outcome.FAILED}.get(CallState(call.state))
    if outcome is None:
        return
    for payout in payouts_in_file(call.file):
        if payout.state == PayoutState.SENT:
            try:
                record_outcome(payout=payout, outcome=outcome, words=call.problem, by=BY, at=at, quiet=True)
            except PayoutMoved:
                continue  # somebody noted meanwhile what became of it


def _answers(call: RailCall, told: Told) -> list[RailAnswer]:
    """Return what was said of each payout; of a call that was denied as a whole nothing was paid."""
    if not told.is_denied:
        return list(told.items)
    words = next((item.words for item in told.items if item.words), _("PayPal refused the whole call."))
    sent = [payout for payout in payouts_in_file(call.file) if payout.state == PayoutState.SENT]
    return [
        RailAnswer(line=n, payout=payout.id, outcome=Outcome.FAILED, words=words) for n, payout in enumerate(sent, 1)
    ]
