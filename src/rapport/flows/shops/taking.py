"""Take in what shops delivered: each delivery in one transaction with what it tells, so that it counts exactly once."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError
from django.utils.translation import gettext as _

from rapport.apps.delivery.outgoing import outgoing
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.apps.shops.actions import lock_delivery, put_off_delivery, settle_delivery
from rapport.apps.shops.actions.deliveries import outcome
from rapport.apps.shops.errors import NoAccess, ShopRefused
from rapport.apps.shops.models import DeliveryState, Shop, ShopDelivery
from rapport.apps.shops.orders import Ask, Gone, Nothing, OrderState, Privacy, Reversal, Told
from rapport.apps.shops.providers.protocol import Access, Client, Reading
from rapport.apps.shops.providers.registry import provider_of
from rapport.apps.shops.queries import all_shops, body_of, deliveries_of, deliveries_to_take, keys_of
from rapport.flows.offers import load_offer
from rapport.flows.shops.privacy import carry_out, looked_for
from rapport.flows.shops.telling import Came, Teller, is_news

_log = logging.getLogger(__name__)

BATCH = 200
BY = Actor.system("shops")


def take_deliveries(shop_id: str, *, at: datetime, most: int = 5_000) -> int:
    """Take the deliveries of a shop that are due, in the order in which they came; return how many."""
    shop = all_shops().get(pk=shop_id)
    taken = 0
    while taken < most and (ids := deliveries_to_take(shop_id, at=at, most=BATCH)):
        for delivery_id in ids:
            take_delivery(shop, delivery_id, at=at)
        taken += len(ids)
    return taken


def take_delivery(shop: Shop, delivery_id: str, *, at: datetime) -> None:
    """Take one delivery; whatever stops it is kept with it, and those behind it go on."""
    try:
        told = _told(shop, deliveries_of(shop.id).get(pk=delivery_id), at=at)
        with transaction():
            delivery = lock_delivery(delivery_id)
            if delivery is not None:
                _take(delivery, told, at=at)
    except ShopRefused as refusal:
        put_off_delivery(delivery_id, problem=refusal.sentence, at=at)
    except Refusal as refusal:
        _refuse(delivery_id, refusal, at=at)
    except OperationalError:
        raise  # the database is busy or away: nothing is wrong with any delivery, and all of them come again
    except Exception:  # noqa: BLE001 - whatever the fault of ours is, one delivery must not stop those behind it
        _log.exception("delivery %s could not be taken in", delivery_id)
        fault = _("A fault on our side kept this out; nothing of it is lost. It is tried again.")
        put_off_delivery(delivery_id, problem=fault, at=at)


def client_of(shop: Shop, *, at: datetime) -> Client:
    """Return what asks a shop; raises `NoAccess` for a shop that cannot be asked."""
    make = provider_of(shop).client
    if make is None:
        raise NoAccess
    return make(Access(address=shop.address, keys=keys_of(shop), at=at, outgoing=outgoing()))


def customers_there(shop: Shop, mail: str, *, at: datetime) -> list[str]:
    """Return by which ids of its own a shop knows a mail address; nothing where it cannot or will not say."""
    try:
        return client_of(shop, at=at).customers(mail)
    except (NoAccess, ShopRefused):
        return []


def _told(shop: Shop, delivery: ShopDelivery, *, at: datetime) -> list[Told]:
    """Read a delivery and ask the shop for what it names; outside of any transaction, because this may take time."""
    told: list[Told] = []
    message = Reading(delivery.topic, body_of(delivery), shop.settings, delivery.received_at)
    for one in provider_of(shop).read(message):
        if isinstance(one, Privacy):
            told.append(looked_for(one, shop))
        else:
            told += client_of(shop, at=at).ask(one) if isinstance(one, Ask) else [one]
    return told


def _take(delivery: ShopDelivery, told: Sequence[Told], *, at: datetime) -> None:
    teller = Teller(shop=delivery.shop, offer=load_offer(delivery.shop.program_id), by=BY, at=at)
    came: list[Came] = []
    for one in told:
        match one:
            case OrderState():
                came += teller.order(one)
            case Reversal():
                answer = teller.reversal(one)
                if answer is None:
                    _wait(delivery, teller.prefixed(one.of), at=at)
                    return
                came += answer
            case Gone():
                came += teller.gone(one)
            case Privacy():
                came.append(carry_out(one, teller, at=at))
            case Nothing(sentence):
                came.append(Came("ignored", sentences=(sentence,)))
            case Ask():
                raise AssertionError("an answer does not ask again")
    settle_delivery(delivery, state=_state(came), outcomes=[_outcome(one) for one in came], at=at)


def _wait(delivery: ShopDelivery, name: str, *, at: datetime) -> None:
    sentence = _("No order with this payment is known yet; it is taken as soon as there is one.")
    settle_delivery(delivery, state=DeliveryState.WAITING, outcomes=[outcome(sentence)], waits_for=name, at=at)


def _refuse(delivery_id: str, refusal: Refusal, *, at: datetime) -> None:
    sentences = list(refusal.fields.values()) or [refusal.sentence]
    with transaction():
        delivery = lock_delivery(delivery_id)
        if delivery is not None:
            outcomes = [outcome(sentence) for sentence in sentences]
            settle_delivery(delivery, state=DeliveryState.REFUSED, outcomes=outcomes, at=at)


def _state(came: Sequence[Came]) -> DeliveryState:
    if is_news(came):
        return DeliveryState.TAKEN
    return DeliveryState.IGNORED if all(one.taken == "ignored" for one in came) else DeliveryState.KNOWN


def _outcome(one: Came) -> dict[str, str]:
    return outcome(" ".join(one.sentences), taken=one.taken, subject=one.subject)
