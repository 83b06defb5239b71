"""A WooCommerce shop in memory: people order, orders are edited, cancelled and refunded; it signs and can be asked."""

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from rapport.apps.shops.providers.signing import base64_signature
from rapport.apps.shops.providers.simulating import Asked, Sent

Thing = dict[str, Any]

_PAGE = 5
"""Orders on a page, however many are asked for."""


@dataclass
class WooCommerceSimulator:
    """One shop; amounts are decimal texts, as it writes them."""

    key: str = "ck_simulated"
    key_secret: str = "cs_simulated"  # noqa: S105 - of an invented shop
    secret: str = "a webhook secret"  # noqa: S105 - as above
    currency: str = "EUR"
    name: str = "Simulated shop"
    sent: list[Sent] = field(default_factory=list)
    orders: dict[int, Thing] = field(default_factory=dict)
    webhooks: list[Thing] = field(default_factory=list)
    coupons: list[Thing] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1001))

    def order(self, total: str, *, at: datetime, click_id: str = "", codes: tuple[str, ...] = (), **more: Any) -> Thing:  # noqa: ANN401 - fields of an order
        """Let somebody order; the plug-in has put the click id into the order's meta data."""
        number = next(self.numbers)
        order: Thing = {
            "id": number,
            "number": str(number),
            "status": "processing",
            "currency": self.currency,
            "date_created_gmt": _gmt(at),
            "date_modified_gmt": _gmt(at),
            "total": total,
            "total_tax": "0.00",
            "shipping_total": "0.00",
            "discount_total": "0.00",
            "customer_id": 0,
            "billing": {"email": f"buyer{number}@example.com", "country": "DE"},
            "meta_data": [{"id": 1, "key": "_rapport_click_id", "value": click_id}] if click_id else [],
            "coupon_lines": [{"id": 1, "code": code.lower()} for code in codes],
            "refunds": [],
            **more,
        }
        self.orders[number] = order
        self._send("order.created", order)
        return order

    def change(self, number: int, *, at: datetime, **values: Any) -> None:  # noqa: ANN401 - fields of an order
        """Change an order, such as its total or its status."""
        self.orders[number] |= {**values, "date_modified_gmt": _gmt(at)}
        self._send("order.updated", self.orders[number])

    def refund(self, number: int, total: str, *, at: datetime) -> None:
        """Give back a part of an order."""
        refund = {"id": next(self.numbers), "reason": "", "total": f"-{total}"}
        self.change(number, at=at, refunds=[*self.orders[number]["refunds"], refund])

    def remove(self, number: int) -> None:
        """Remove an order for good."""
        del self.orders[number]
        self._send("order.deleted", {"id": number})

    def left(self) -> dict[str, int]:
        """Return what is left of every order in cents, by its number: the shop's own list."""
        return {str(number): _left(order) for number, order in self.orders.items()}

    def headers(self, sent: Sent, *, at: datetime) -> dict[str, str]:
        """Return the headers with which a message is sent."""
        del at
        return {
            "x-wc-webhook-topic": sent.topic,
            "x-wc-webhook-delivery-id": hashlib.sha256(sent.body + sent.topic.encode()).hexdigest()[:32],
            "x-wc-webhook-signature": base64_signature(self.secret, sent.body),
            "content-type": "application/json",
        }

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Answer a question as the REST API would."""
        basic = b64encode(f"{self.key}:{self.key_secret}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            return 401, {"code": "woocommerce_rest_cannot_view"}
        path = asked.path.removeprefix("/wp-json/wc/v3")
        if asked.path == "/wp-json/":
            return 200, {"name": self.name}
        if path == "/settings/general/woocommerce_currency":
            return 200, {"id": "woocommerce_currency", "value": self.currency}
        if path == "/orders":
            return self._listed(dict(asked.query))
        if path.startswith("/orders/") and path.removeprefix("/orders/").isdigit():
            order = self.orders.get(int(path.removeprefix("/orders/")))
            return (200, order) if order else (404, {"code": "woocommerce_rest_shop_order_invalid_id"})
        return self._kept(path, asked)

    def _kept(self, path: str, asked: Asked) -> tuple[int, Any]:
        where, _slash, number = path.strip("/").partition("/")
        if where == "customers":
            mail = dict(asked.query).get("email")
            found = {one["customer_id"] for one in self.orders.values() if one["billing"]["email"] == mail}
            return 200, [{"id": one} for one in sorted(found - {0})]
        kept: list[Thing] = {"webhooks": self.webhooks, "coupons": self.coupons}.get(where, [])
        if asked.method == "GET":
            code = dict(asked.query).get("code")
            return 200, [one for one in kept if code is None or one.get("code") == code.lower()]
        if number:
            kept[int(number) - 1].update(asked.json)
            return 200, kept[int(number) - 1]
        made = {"id": len(kept) + 1, **asked.json}
        if "code" in made:
            made["code"] = made["code"].lower()
        kept.append(made)
        return 201, made

    def _listed(self, query: dict[str, str]) -> tuple[int, Any]:
        after, before = query.get("after", ""), query.get("before", "9")
        since, until = query.get("modified_after", ""), query.get("modified_before", "9")
        wanted = [
            one
            for one in self.orders.values()
            if after <= one["date_created_gmt"] < before and since <= one["date_modified_gmt"] < until
        ]
        wanted.sort(key=lambda one: int(one["id"]))
        start = (int(query.get("page", "1")) - 1) * _PAGE
        pages = -(-len(wanted) // _PAGE)
        return 200, (wanted[start : start + _PAGE], {"X-WP-TotalPages": str(pages)})

    def _send(self, topic: str, order: Thing) -> None:
        self.sent.append(Sent(topic, json.dumps(order).encode()))


def _left(order: Thing) -> int:
    if order["status"] in {"cancelled", "failed", "pending"}:
        return 0
    refunded = sum(Decimal(one["total"]) for one in order["refunds"])
    return int((Decimal(order["total"]) + refunded) * 100)


def _gmt(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
