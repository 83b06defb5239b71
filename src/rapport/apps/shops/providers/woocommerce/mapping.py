"""What an order of WooCommerce means: its status says whether it counts, its refunds stand in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.shops.amounts import minor_of
from rapport.apps.shops.orders import Amounts, Gone, Nothing, OrderState, Reversal, Told
from rapport.apps.shops.providers.protocol import Reading
from rapport.apps.shops.providers.reading import (
    click_ids,
    codes,
    country,
    email_key,
    inside,
    moment,
    needed,
    payload_of,
    rows,
    text,
)
from rapport.kit.clock import to_ms

Thing = Mapping[str, Any]

# Whatever else a plug-in calls the states of its orders counts: the customer has ordered.
_DO_NOT_COUNT = frozenset({"pending", "checkout-draft", "auto-draft", "draft", "failed", "cancelled", "trash"})
_CLICK = ("_rapport_click_id", "rapport_click_id", "rpid")
_REF = ("_rapport_ref", "rapport_ref")


def read(message: Reading) -> list[Told]:
    """Return what a webhook of an order tells."""
    payload = payload_of(message.body)
    if message.topic == "order.deleted":
        return [Gone(needed(payload.get("id"), "id"))]
    if not message.topic.startswith("order."):
        return [Nothing(_("Nothing is counted by this kind of event."))]
    return [order_told(payload)]


def order_told(order: Thing) -> OrderState:
    """Return the order that a payload shows."""
    currency = needed(order.get("currency"), "currency").upper()
    made = _gmt(order, "date_created")
    changed = _gmt(order, "date_modified") if order.get("date_modified_gmt") or order.get("date_modified") else made
    meta = {text(one.get("key")): one.get("value") for one in rows(order.get("meta_data"))}
    return OrderState(
        number=needed(order.get("id"), "id"),
        version_ms=to_ms(changed),
        ordered_at=made,
        currency=currency,
        amounts=Amounts(
            total=minor_of(order.get("total"), currency),
            tax=minor_of(order.get("total_tax") or "0", currency),
            shipping=minor_of(order.get("shipping_total") or "0", currency),
            discount=minor_of(order.get("discount_total") or "0", currency),
        ).bounded(),
        counts=order.get("status") not in _DO_NOT_COUNT,
        renewal=order.get("created_via") == "subscription" or "_subscription_renewal" in meta,
        reversals=tuple(_refund(one, currency, changed) for one in rows(order.get("refunds"))),
        lists_reversals=True,
        click_ids=click_ids(meta.get(name) for name in _CLICK),
        coupons=codes(
            [*(one.get("code") for one in rows(order.get("coupon_lines"))), *(meta.get(name) for name in _REF)]
        ),
        customer=email_key(inside(order, "billing", "email")) or _registered(order),
        country=country(inside(order, "billing", "country")),
        # WooCommerce's own order attribution, where it is switched on.
        channel=text(meta.get("_wc_order_attribution_source_type"), most=64),
        source=text(meta.get("_wc_order_attribution_utm_source"), most=64),
    )


def _refund(refund: Thing, currency: str, at: datetime) -> Reversal:
    return Reversal(
        number=needed(refund.get("id"), "refunds.id"),
        kind="refund",
        taken_minor=abs(minor_of(refund.get("total"), currency)),
        at=at,
        version_ms=to_ms(at),
        currency=currency,
    )


def _registered(order: Thing) -> str:
    known = text(order.get("customer_id"))
    return f"woocommerce:{known}" if known not in {"", "0"} else ""


def _gmt(order: Thing, name: str) -> datetime:
    return moment(order.get(f"{name}_gmt") or order.get(name), name)
