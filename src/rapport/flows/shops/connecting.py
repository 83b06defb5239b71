"""Connect a shop: try its key, have it send its messages here; what it refuses stands on its page."""

from datetime import datetime

from django.conf import settings

from rapport.apps.record.errors import Refusal
from rapport.apps.shops.actions import note_connected, note_not_connected
from rapport.apps.shops.errors import NoAccess
from rapport.apps.shops.models import Shop, ShopState
from rapport.apps.shops.queries import all_shops, keys_of, signing_secret_of
from rapport.flows.shops.taking import client_of


def hook_address(shop: Shop) -> str:
    """Return the address to which a shop sends its messages."""
    return f"{settings.PUBLIC_URL}/hooks/{shop.id}/"


def connect(shop_id: str, *, at: datetime) -> Shop:
    """Ask the shop who it is and to send its messages; a shop without a key is told about them by a person."""
    shop = all_shops().get(pk=shop_id)
    if shop.state != ShopState.CONNECTING:
        return shop
    try:
        if not any(keys_of(shop).values()):
            return note_connected(shop_id=shop.id, signing_secret="", told={"by_hand": True}, at=at)
        client = client_of(shop, at=at)
        told = client.introduce()
        secret = client.listen(hook_address(shop), secret=signing_secret_of(shop))
    except NoAccess:
        return note_connected(shop_id=shop.id, signing_secret="", told={"by_hand": True}, at=at)
    except Refusal as refusal:
        return note_not_connected(shop_id=shop.id, problem=refusal.sentence, at=at)
    facts = {"told_name": told.name, "told_currency": told.currency, "by_hand": False}
    return note_connected(shop_id=shop.id, signing_secret=secret, told=facts, at=at)
