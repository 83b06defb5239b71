"""A partner says that a sale is missing: ask the shops for its number, and take in what they know and nobody told."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.apps.shops.errors import NoAccess, ShopRefused
from rapport.apps.shops.models import Shop
from rapport.apps.shops.orders import OrderState, Reversal
from rapport.apps.shops.queries import connected_shops, orders_named
from rapport.domain.money import Money
from rapport.flows.offers import load_offer
from rapport.flows.shops.taking import client_of
from rapport.flows.shops.telling import Teller


@dataclass(frozen=True, slots=True)
class Seen:
    """What a shop says of a number: the order, under which conversion it is known here, or why there is none."""

    shop: Shop
    state: OrderState | None = None
    conversion_id: str = ""
    problem: str = ""

    @property
    def left(self) -> Money | None:
        """Return what is left of the order, as the shop has it."""
        return Money(self.state.left_minor, self.state.currency) if self.state else None


class NotInShop(Refusal):
    """The shop has no such order, or had it when it was looked at."""

    code = "not_in_shop"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("The shop knows no order of this number."))


def look_in_shops(program: Program, number: str, *, at: datetime) -> list[Seen]:
    """Ask every connected shop of a program; outside of any transaction, because that may take time."""
    return [_seen(shop, number, at=at) for shop in connected_shops().filter(program=program)]


def take_in(shop: Shop, number: str, *, by: Actor, at: datetime) -> str:
    """Tell what the shop has of an order by the road of every message; return its conversion, if it counts."""
    told = client_of(shop, at=at).find(number)
    states = [one for one in told if isinstance(one, OrderState)]
    if not states:
        raise NotInShop
    with transaction():
        teller = Teller(shop=shop, offer=load_offer(shop.program_id), by=by, at=at)
        for state in states:
            teller.order(state)
        for one in told:
            if isinstance(one, Reversal):
                teller.reversal(one)
        named = teller.prefixed(states[0].number)
    return orders_named(shop.id, [named])[named].conversion_id


def _seen(shop: Shop, number: str, *, at: datetime) -> Seen:
    try:
        told = client_of(shop, at=at).find(number)
    except (NoAccess, ShopRefused) as refusal:
        return Seen(shop, problem=refusal.sentence)
    state = next((one for one in told if isinstance(one, OrderState)), None)
    if state is None:
        return Seen(shop, problem=NotInShop().sentence)
    named = f"{shop.settings.get('prefix', '')}{state.number}"
    known = orders_named(shop.id, [named]).get(named)
    return Seen(shop, state, known.conversion_id if known else "")
