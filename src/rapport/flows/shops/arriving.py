"""Take a message at the door: proven on its raw bytes, kept as it came, answered at once; the worker reads it."""

from django.utils.translation import gettext as _

from rapport.apps.record.write import transaction
from rapport.apps.shops.actions import keep_delivery, note_unproven
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import Shop, ShopState
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.registry import provider_of
from rapport.apps.shops.queries import signing_secret_of
from rapport.flows.shops.tasks import take_deliveries


def take_message(shop: Shop, message: Message) -> bool:
    """Keep a message of a shop; say whether it is a new one. Raises `NotProven`, and nothing is kept."""
    if shop.state == ShopState.DISCONNECTED:
        raise NotProven(_("This shop is disconnected."))
    try:
        proof = provider_of(shop).prove(message, signing_secret_of(shop), shop.settings)
    except NotProven:
        note_unproven(shop=shop, at=message.at)
        raise
    if not proof.delivery_id:
        return False
    with transaction():
        is_new = keep_delivery(shop=shop, proof=proof, body=message.body, at=message.at)
        if is_new:
            take_deliveries.enqueue(shop_id=shop.id)
    return is_new
