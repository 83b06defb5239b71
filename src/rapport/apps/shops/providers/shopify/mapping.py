"""What an order of Shopify means; its list by GraphQL is brought into the shape of its webhooks first."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _

from rapport.apps.shops.amounts import minor_of
from rapport.apps.shops.orders import Amounts, Ask, Nothing, OrderState, Privacy, Reversal, Told
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
    version,
)

Thing = Mapping[str, Any]

_ORDERS = frozenset({"orders/create", "orders/updated", "orders/cancelled", "orders/paid"})
PRIVACY = {"customers/data_request": "request", "customers/redact": "customer", "shop/redact": "shop"}
"""What Shopify asks of every app by law, by the topic of its message."""

_CLICK = frozenset({"rpid", "rapport_click_id"})
_REF = frozenset({"rapport_ref"})


def read(message: Reading) -> list[Told]:
    """Return what a webhook tells."""
    payload = payload_of(message.body)
    if message.topic in _ORDERS:
        return [order_told(payload)]
    if message.topic == "orders/edited":
        return [Ask("order", needed(inside(payload, "order_edit", "order_id"), "order_edit.order_id"))]
    if message.topic == "refunds/create":
        refund = refund_told(payload)
        return [refund if refund.taken_minor else Nothing(_("No money was given back by this refund."))]
    if message.topic in PRIVACY:
        return [_privacy_told(payload, PRIVACY[message.topic])]
    return [Nothing(_("Nothing is counted by this kind of event."))]


def _privacy_told(payload: Thing, what: str) -> Privacy:
    number, mail = text(inside(payload, "customer", "id")), text(inside(payload, "customer", "email"), most=250)
    named = payload.get("orders_requested") or payload.get("orders_to_redact")
    orders = tuple(text(one) for one in named if text(one)) if isinstance(named, list) else ()
    marks = tuple(one.lower() for one in (number, mail, *orders) if one)
    return Privacy(what, f"shopify:{number}" if number else "", orders, marks)


def order_told(order: Thing) -> OrderState:
    """Return the order that a payload shows.

    An edit may take a thing out of an order without giving money back, and money may be given back without a thing:
    what is left is the smaller of what the order is worth now and of what remains paid.
    """
    currency = needed(order.get("currency"), "currency").upper()
    refunds = tuple(
        one for one in (refund_told(each, currency) for each in rows(order.get("refunds"))) if one.taken_minor
    )
    refunded = sum(one.taken_minor for one in refunds)
    placed = minor_of(order.get("total_price"), currency)
    worth = minor_of(order.get("current_total_price") or order.get("total_price"), currency)
    tax = minor_of(order.get("current_total_tax") or order.get("total_tax") or "0", currency)
    attributes = {text(one.get("name")): one.get("value") for one in rows(order.get("note_attributes"))}
    landing = text(order.get("landing_site"), most=2_000)
    return OrderState(
        number=needed(order.get("id"), "id"),
        version_ms=version(order.get("updated_at") or order.get("created_at"), "updated_at"),
        ordered_at=moment(order.get("created_at"), "created_at"),
        currency=currency,
        amounts=Amounts(
            total=max(min(placed - refunded, worth) + refunded, 0),
            tax=tax + sum(one.tax_minor or 0 for one in refunds),
            shipping=_shipping(order, currency),
            discount=minor_of(order.get("total_discounts") or "0", currency),
        ).bounded(),
        cancelled=bool(order.get("cancelled_at")) or order.get("financial_status") == "voided",
        renewal="subscription" in text(order.get("source_name")) or "Subscription Recurring Order" in _tags(order),
        reversals=refunds,
        click_ids=click_ids([*(attributes.get(name) for name in sorted(_CLICK)), *_of_address(landing, "rpid")]),
        coupons=codes(
            [
                *(one.get("code") for one in rows(order.get("discount_codes"))),
                *(attributes.get(name) for name in sorted(_REF)),
            ]
        ),
        customer=_customer(order),
        customer_status=_status(order),
        country=country(inside(order, "billing_address", "country_code")),
        channel=text(order.get("source_name"), most=64),
        source=_host(text(order.get("referring_site"), most=2_000)),
        landing_url=landing,
        test=order.get("test") is True,
    )


def refund_told(refund: Thing, currency: str = "") -> Reversal:
    """Return what one refund took: the money that really went back."""
    moved = [one for one in rows(refund.get("transactions")) if _went_back(one)]
    code = (currency or text(next((one.get("currency") for one in moved), ""))).upper()
    lines = rows(refund.get("refund_line_items"))
    shipping = [one for one in rows(refund.get("order_adjustments")) if one.get("kind") == "shipping_refund"]
    taken = sum(minor_of(one.get("amount"), code) for one in moved) if moved else 0
    tax = sum(minor_of(one.get("total_tax") or "0", code) for one in lines) if moved else 0
    back = sum(abs(minor_of(one.get("amount") or "0", code)) for one in shipping) if moved else 0
    return Reversal(
        number=needed(refund.get("id"), "id"),
        kind="refund",
        taken_minor=taken,
        at=moment(refund.get("processed_at") or refund.get("created_at"), "created_at"),
        version_ms=0,  # a refund does not change
        of=text(refund.get("order_id")),
        currency=code,
        tax_minor=min(tax, taken) if lines else None,
        shipping_minor=min(back, taken - min(tax, taken)) if lines else None,
    )


def _went_back(one: Thing) -> bool:
    return one.get("kind") == "refund" and one.get("status", "success") == "success"


def _shipping(order: Thing, currency: str) -> int:
    lines = rows(order.get("shipping_lines"))
    if not lines:
        return minor_of(inside(order, "total_shipping_price_set", "shop_money", "amount") or "0", currency)
    price = sum(minor_of(one.get("discounted_price") or one.get("price") or "0", currency) for one in lines)
    taxes = sum(minor_of(tax.get("price") or "0", currency) for one in lines for tax in rows(one.get("tax_lines")))
    # Where prices hold the tax, the tax of shipping would be taken off twice.
    return price - taxes if order.get("taxes_included") else price


def _customer(order: Thing) -> str:
    known = text(inside(order, "customer", "id"))
    return f"shopify:{known}" if known else email_key(order.get("email"))


def _status(order: Thing) -> str:
    orders = inside(order, "customer", "orders_count")
    if isinstance(orders, bool) or not isinstance(orders, int) or orders < 1:
        return ""
    return "new" if orders == 1 else "returning"


def _tags(order: Thing) -> list[str]:
    return [tag.strip() for tag in text(order.get("tags"), most=2_000).split(",")]


def _of_address(address: str, name: str) -> list[str]:
    try:
        return parse_qs(urlsplit(address).query).get(name, [])
    except ValueError:
        return []


def _host(address: str) -> str:
    try:
        return text(urlsplit(address).hostname, most=64)
    except ValueError:
        return ""
