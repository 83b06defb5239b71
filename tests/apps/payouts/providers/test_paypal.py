"""Speaking with PayPal over real HTTP: with a simulator that is as strict as PayPal's documents."""

from collections.abc import Iterator

import pytest

from rapport.apps.payouts.providers.paypal.client import Credentials, NotSent, PayPal, Refused, Unsure
from rapport.apps.payouts.providers.paypal.masspay import mass_pay
from rapport.apps.payouts.providers.paypal.simulator import Simulator, serving
from rapport.apps.payouts.providers.paypal.wording import MOST_ITEMS, body_of
from rapport.apps.payouts.providers.protocol import Dispatch
from rapport.domain.payouts import Outcome
from rapport.kit.outgoing import Outgoing
from tests.make.dispatches import dispatch, mail_instruction


class Talk:
    """A simulator that is being served, and who speaks with it; `waited` are the seconds that passed in between."""

    def __init__(self, address: str, simulator: Simulator) -> None:
        self.simulator, self.waited = simulator, list[float]()
        self.outgoing = Outgoing(loopback=frozenset({address.removeprefix("http://")}))
        self.address = address
        self.client = self.speaker()

    def speaker(self, *, secret: str = Simulator().secret) -> PayPal:
        return PayPal(Credentials("client", secret, self.address), self.outgoing, self.waited.append)

    def pay(self, sent: Dispatch) -> str:
        return self.client.pay(body_of(sent), name=sent.name)


@pytest.fixture
def talk() -> Iterator[Talk]:
    simulator = Simulator()
    with serving(simulator) as address:
        yield Talk(address, simulator)


def call(*emails: str, part: int = 1) -> Dispatch:
    rows = [mail_instruction(email=email) for email in emails or ("anna@example.com",)]
    return dispatch(rows, {"subject": "Your payout"}, part=part)


def test_a_call_is_taken_once_and_every_item_is_told(talk: Talk) -> None:
    sent = call("anna@example.com", "lost@example.com", "gone@example.com", "slow@example.com", "bad@example.com")
    batch_id = talk.pay(sent)
    assert {one.outcome for one in talk.client.look(batch_id).items} == {None}
    states = {"anna": "SUCCESS", "lost": "UNCLAIMED", "gone": "RETURNED", "slow": "ONHOLD", "bad": "BLOCKED"}
    talk.simulator.decide(lambda receiver: states[receiver.partition("@")[0]])
    told = talk.client.look(batch_id)
    assert [one.outcome for one in told.items] == [
        *(Outcome.SETTLED, Outcome.UNCLAIMED, Outcome.RETURNED, None, Outcome.FAILED),
    ]
    assert [one.payout for one in told.items] == [one.payout_id for one in sent.instructions]
    assert {one.minor for one in told.items} == {12_000}
    assert told.items[0].words.startswith("T")
    assert told.items[1].words.endswith("after 30 days it comes back. (UNCLAIMED)")


def test_the_same_call_again_pays_nothing_and_brings_the_first_ones_id(talk: Talk) -> None:
    sent = call()
    first = talk.pay(sent)
    assert talk.pay(sent) == first
    assert (len(talk.simulator.batches), talk.simulator.paid_minor()) == (1, 12_000)


@pytest.mark.parametrize("fault", ["broken", "taken, then broken", "taken, then silent"])
def test_nobody_knows_after_an_error_of_theirs_and_asking_again_pays_once(talk: Talk, fault: str) -> None:
    sent = call()
    talk.simulator.faults = [fault]
    with pytest.raises(Unsure):
        talk.pay(sent)
    assert talk.pay(sent) in talk.simulator.batches
    assert talk.simulator.paid_minor() == 12_000


def test_a_token_that_ran_out_is_fetched_anew(talk: Talk) -> None:
    talk.simulator.token_uses = 1
    first, second = call(), call(part=2)
    talk.pay(first)
    talk.pay(second)
    assert [path for _method, path in talk.simulator.asked].count("/v1/oauth2/token") == 2
    assert len(talk.simulator.batches) == 2


def test_a_wait_that_they_ask_for_is_kept_and_a_long_one_is_left_for_later(talk: Talk) -> None:
    talk.simulator.faults = ["busy", "busy"]
    talk.pay(call())
    assert talk.waited == [2.0, 2.0]
    talk.simulator.most_posts = 0
    with pytest.raises(NotSent):
        talk.pay(call(part=2))
    assert len(talk.simulator.batches) == 1


def test_wrong_credentials_and_wrong_calls_are_refused_in_their_words(talk: Talk) -> None:
    with pytest.raises(Refused, match="Client Authentication failed"):
        talk.speaker(secret="other").try_credentials()
    talk.client.try_credentials()
    with pytest.raises(Refused, match="Invalid receiver"):
        talk.pay(call("no address"))
    many = dispatch([mail_instruction() for _ in range(MOST_ITEMS + 1)], {})
    with pytest.raises(Refused, match="Between 1 and 15000 items"):
        talk.pay(many)
    with pytest.raises(NotSent, match="not found"):
        talk.client.look("B9")


def test_nothing_was_paid_where_nobody_was_reached(talk: Talk) -> None:
    nowhere = Outgoing(loopback=frozenset({"127.0.0.1:1"}))
    lost = PayPal(Credentials("client", "secret", "http://127.0.0.1:1"), nowhere, talk.waited.append)
    with pytest.raises(NotSent):
        lost.try_credentials()
    with pytest.raises(NotSent):
        lost.pay(b"{}", name="x")


def test_the_largest_call_is_read_page_by_page(talk: Talk) -> None:
    sent = dispatch([mail_instruction() for _ in range(2_001)], {})
    batch_id = talk.pay(sent)
    assert len(talk.client.look(batch_id).items) == 2_001
    assert talk.simulator.paid_minor() == sent.total_minor


def test_amounts_without_decimals_and_the_file_for_their_pages() -> None:
    yen = mail_instruction(1_200, currency="JPY")
    assert b'"value":"1200"' in body_of(dispatch([yen], {}))
    assert body_of(dispatch([yen], {})) == body_of(dispatch([yen], {}))
    row = mail_instruction()
    name = row.payout_id.replace("_", "-")
    assert mass_pay(dispatch([row], {})).decode() == (
        f'anna@example.com,120.00,EUR,{name},"Partner program, {name}",PAYPAL\r\n'
    )
    assert len(name) <= 30
