"""Order what a person asks for on the pages of shops; the worker does it."""

from datetime import datetime

from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.shops.actions import begin_comparison, connect_shop, reconnect_shop, run_delivery_again
from rapport.apps.shops.inputs import ShopInput
from rapport.apps.shops.models import Comparison, Shop, ShopDelivery
from rapport.flows.shops import tasks


def order_connection(*, program_id: str, given: ShopInput, by: Actor, at: datetime) -> Shop:
    """Keep a shop and let it be connected."""
    with transaction():
        shop = connect_shop(program_id=program_id, given=given, by=by, at=at)
        tasks.connect.enqueue(shop_id=shop.id)
    return shop


def order_reconnection(*, shop_id: str, given: ShopInput, by: Actor, at: datetime) -> Shop:
    """Take over what a person corrected and let the shop be asked again."""
    with transaction():
        shop = reconnect_shop(shop_id=shop_id, given=given, by=by, at=at)
        tasks.connect.enqueue(shop_id=shop.id)
    return shop


def order_comparison(shop: Shop, *, from_at: datetime, until_at: datetime, by: Actor, at: datetime) -> Comparison:
    """Begin a comparison and let it be carried out."""
    with transaction():
        comparison = begin_comparison(shop=shop, from_at=from_at, until_at=until_at, by=by, at=at)
        tasks.compare.enqueue(comparison_id=comparison.id)
    return comparison


def order_again(delivery: ShopDelivery, *, by: Actor, at: datetime) -> None:
    """Let a delivery be taken in once more."""
    with transaction():
        run_delivery_again(delivery_id=delivery.id, by=by, at=at)
        tasks.take_deliveries.enqueue(shop_id=delivery.shop_id)
