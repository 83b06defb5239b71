"""Keep what was told of each order of a shop, so that a late or repeated message changes nothing."""

from datetime import datetime

from rapport.apps.shops.models import Shop, ShopOrder, ShopReversal
from rapport.apps.shops.orders import Amounts, OrderState, Reversal


def lock_order(shop_id: str, name: str) -> ShopOrder | None:
    """Return an order of a shop by its number, else by its payment, locked inside the caller's transaction."""
    rows = ShopOrder.objects.select_for_update(of=("self",)).filter(shop_id=shop_id)
    return rows.filter(number=name).first() or rows.filter(payment=name).order_by("id").first()


def keep_order(shop: Shop, state: OrderState, *, kind: str, amounts: Amounts, conversion_id: str) -> ShopOrder:
    """Keep the first state of an order that came; without a conversion nothing of it was told yet."""
    return ShopOrder.objects.create(
        shop=shop,
        number=state.number,
        payment=state.payment,
        kind=kind,
        version_ms=state.version_ms,
        total_minor=amounts.total,
        tax_minor=amounts.tax,
        shipping_minor=amounts.shipping,
        discount_minor=amounts.discount,
        ordered_at=state.ordered_at,
        conversion_id=conversion_id,
    )


def renew_order(
    order: ShopOrder, state: OrderState, *, amounts: Amounts, revision: int, conversion_id: str, newer: bool
) -> ShopOrder:
    """Keep a later state of an order; one that is not newer may still name its payment."""
    if newer:
        order.version_ms = state.version_ms
        order.total_minor, order.tax_minor = amounts.total, amounts.tax
        order.shipping_minor, order.discount_minor = amounts.shipping, amounts.discount
    order.revision, order.conversion_id = revision, conversion_id
    order.ordered_at = min(order.ordered_at, state.ordered_at)
    order.payment = order.payment or state.payment
    order.save()
    return order


def lock_reversals(order: ShopOrder) -> dict[str, ShopReversal]:
    """Return what refunds and disputes have taken from an order so far, by their numbers."""
    return {row.number: row for row in ShopReversal.objects.select_for_update(of=("self",)).filter(order=order)}


def keep_reversal(order: ShopOrder, known: ShopReversal | None, reversal: Reversal, *, told: bool) -> None:
    """Keep how much a refund or dispute has taken by now, and that a correction said so."""
    row = known or ShopReversal(order=order, number=reversal.number, kind=reversal.kind)
    row.version_ms, row.taken_minor = reversal.version_ms, reversal.taken_minor
    row.told += told
    row.save()


def stands_at(row: ShopReversal, *, at: datetime) -> Reversal:
    """Return a refund that the shop does not list any more as one that takes nothing."""
    return Reversal(number=row.number, kind=row.kind, taken_minor=0, at=at, version_ms=row.version_ms + 1)
