"""Connected shops for stories: their simulators, and messages that arrive once, often, late or never."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from rapport.apps.programs.models import Program
from rapport.apps.shops.actions import connect_shop, note_connected
from rapport.apps.shops.inputs import ShopInput
from rapport.apps.shops.models import Shop
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.simulating import Sent
from rapport.flows.shops.arriving import take_message
from rapport.flows.shops.taking import take_deliveries
from tests.make.identity import NOON, STORY


class Simulated(Protocol):
    """What every simulator can do."""

    secret: str
    sent: list[Sent]

    def headers(self, sent: Sent, *, at: datetime) -> dict[str, str]:
        """Return the headers with which a message is sent at a moment."""


def make_shop(
    program: Program,
    kind: str,
    simulator: Simulated,
    *,
    address: str = "https://shop.example",
    at: datetime = NOON,
    keys: dict[str, str] | None = None,
    **settings: Any,  # noqa: ANN401 - settings of a shop
) -> Shop:
    """Return a connected shop whose messages a simulator signs."""
    given = ShopInput(
        kind=kind,
        name=kind.title(),
        address=address,
        signing_secret=simulator.secret,
        keys=keys or {},
        settings={"sale_kind": "sale", **settings},
    )
    shop = connect_shop(program_id=program.id, given=given, by=STORY, at=at)
    return note_connected(shop_id=shop.id, signing_secret="", told={}, at=at)


def arrive(shop: Shop, simulator: Simulated, sent: Sent, *, at: datetime = NOON) -> bool:
    """Let a message arrive at the door; say whether it is a new one."""
    return take_message(shop, Message(headers=simulator.headers(sent, at=at), body=sent.body, at=at))


def deliver(shop: Shop, simulator: Simulated, messages: Iterable[Sent] | None = None, *, at: datetime = NOON) -> None:
    """Let messages arrive one after the other (all that were sent, unless given) and be taken in."""
    for number, sent in enumerate(simulator.sent if messages is None else messages):
        arrive(shop, simulator, sent, at=at + timedelta(milliseconds=number))
    take_deliveries(shop.id, at=at + timedelta(seconds=1))
