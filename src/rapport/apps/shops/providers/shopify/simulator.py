"""A Shopify shop in memory: orders, edits, cancellations, refunds; it signs, may be asked, makes codes."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from rapport.apps.shops.providers.signing import base64_signature
from rapport.apps.shops.providers.simulating import Asked, Sent

Thing = dict[str, Any]

_PAGE = 4
_OPERATION = re.compile(r"^(?:query|mutation) (\w+)")


@dataclass
class ShopifySimulator:
    """One shop; amounts are decimal texts. `throttled` is how many questions are refused before one is answered."""

    key: str = "shpat_simulated"
    secret: str = "shpss_simulated"  # noqa: S105 - of an invented shop
    currency: str = "EUR"
    name: str = "Simulated shop"
    throttled: int = 0
    sent: list[Sent] = field(default_factory=list)
    orders: dict[int, Thing] = field(default_factory=dict)
    webhooks: list[Thing] = field(default_factory=list)
    codes: dict[str, Thing] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(6_001_234_567_890))

    def order(self, total: str, *, at: datetime, click_id: str = "", codes: tuple[str, ...] = (), **more: Any) -> Thing:  # noqa: ANN401 - fields of an order
        """Let somebody order; the cart carried the click id into the order's attributes."""
        number = next(self.numbers)
        order: Thing = {
            "id": number,
            "name": f"#{1000 + len(self.orders)}",
            "created_at": _utc(at),
            "updated_at": _utc(at),
            "cancelled_at": None,
            "currency": self.currency,
            "total_price": total,
            "current_total_price": total,
            "total_tax": "0.00",
            "current_total_tax": "0.00",
            "total_discounts": "0.00",
            "taxes_included": True,
            "financial_status": "paid",
            "source_name": "web",
            "email": f"buyer{number}@example.com",
            "customer": {"id": number + 7},
            "billing_address": {"country_code": "DE"},
            "discount_codes": [{"code": code, "amount": "0.00", "type": "percentage"} for code in codes],
            "note_attributes": [{"name": "rpid", "value": click_id}] if click_id else [],
            "shipping_lines": [],
            "refunds": [],
            "test": False,
            "tags": "",
            **more,
        }
        self.orders[number] = order
        self._send("orders/create", order)
        return order

    def edit(self, number: int, total: str, *, at: datetime) -> None:
        """Put things into an order, or take them out, without giving money back."""
        order = self.orders[number]
        given_back = _given_back(order)
        more = {"total_price": total} if Decimal(total) + given_back > Decimal(order["total_price"]) else {}
        self._change(order, at=at, current_total_price=total, **more)
        edit = {"order_edit": {"id": next(self.numbers), "order_id": number, "committed_at": _utc(at)}}
        self._send("orders/edited", edit)
        self._send("orders/updated", order)

    def refund(self, number: int, amount: str, *, at: datetime) -> None:
        """Give back a part of an order, with what was bought for it."""
        order = self.orders[number]
        money = {"kind": "refund", "status": "success", "amount": amount, "currency": self.currency}
        refund = {
            "id": next(self.numbers),
            "order_id": number,
            "created_at": _utc(at),
            "transactions": [{"id": next(self.numbers), **money}],
            "refund_line_items": [],
            "order_adjustments": [],
        }
        worth = Decimal(order["current_total_price"]) - Decimal(amount)
        self._change(order, at=at, refunds=[*order["refunds"], refund], current_total_price=f"{worth:.2f}")
        self._send("refunds/create", refund)
        self._send("orders/updated", order)

    def cancel(self, number: int, *, at: datetime) -> None:
        """Cancel an order, which is final."""
        self._change(self.orders[number], at=at, cancelled_at=_utc(at), current_total_price="0.00")
        self._send("orders/cancelled", self.orders[number])

    def ask_for_privacy(self, topic: str, *numbers: int) -> None:
        """Send what the law asks for the customer of an order, or for the whole shop."""
        asked: Thing = {"shop_id": 1, "shop_domain": "marlow.myshopify.com"}
        if numbers:
            order = self.orders[numbers[0]]
            asked["customer"] = {"id": order["customer"]["id"], "email": order["email"], "phone": None}
            asked["orders_requested" if topic == "customers/data_request" else "orders_to_redact"] = list(numbers)
        self._send(topic, asked)

    def left(self) -> dict[str, int]:
        """Return what is left of every order in cents, by its number: the shop's own list."""
        return {
            str(number): 0 if order["cancelled_at"] else int(Decimal(order["current_total_price"]) * 100)
            for number, order in self.orders.items()
        }

    def headers(self, sent: Sent, *, at: datetime) -> dict[str, str]:
        """Return the headers with which a message is sent; one that is sent again keeps its id."""
        del at
        return {
            "x-shopify-topic": sent.topic,
            "x-shopify-webhook-id": f"wh-{self.sent.index(sent)}",
            "x-shopify-hmac-sha256": base64_signature(self.secret, sent.body),
            "content-type": "application/json",
        }

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Answer a question as the API would."""
        if asked.headers.get("x-shopify-access-token") != self.key:
            return 401, {"errors": "[API] Invalid API key or access token"}
        if self.throttled:
            self.throttled -= 1
            status = {"currentlyAvailable": 1, "restoreRate": 100.0}
            cost = {"requestedQueryCost": 2, "throttleStatus": status}
            return 200, {"errors": [{"extensions": {"code": "THROTTLED"}}], "extensions": {"cost": cost}}
        found = _OPERATION.match(asked.json["query"])
        answering = getattr(self, f"_on_{found.group(1).lower()}" if found else "", None)
        if answering is None:
            return 200, {"errors": [{"message": "syntax error"}]}
        return 200, {"data": answering(asked.json["variables"])}

    def _on_shop(self, _given: Thing) -> Thing:
        return {"shop": {"name": self.name, "currencyCode": self.currency}}

    def _on_oneorder(self, given: Thing) -> Thing:
        order = self.orders.get(int(given["id"].rpartition("/")[2]))
        return {"order": _node(order) if order else None}

    def _on_orders(self, given: Thing) -> Thing:
        if named := re.match(r"name:'#?([^']+)'", given["query"]):
            found = [one for one in self.orders.values() if one["name"] == f"#{named.group(1)}"]
            nodes = [_node(one) for one in found]
            return {"orders": {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}}
        limits = re.findall(r"(created_at|updated_at):(>=|<)'([^']+)'", given["query"])
        wanted = [
            one
            for one in self.orders.values()
            if all(one[name] >= at if sign == ">=" else one[name] < at for name, sign, at in limits)
        ]
        start = int(given["after"] or 0)
        page = wanted[start : start + _PAGE]
        more = start + _PAGE < len(wanted)
        info = {"hasNextPage": more, "endCursor": str(start + _PAGE)}
        return {"orders": {"nodes": [_node(one) for one in page], "pageInfo": info}}

    def _on_customers(self, given: Thing) -> Thing:
        mail = given["query"].partition('"')[2].rstrip('"')
        found = {one["customer"]["id"] for one in self.orders.values() if one["email"] == mail}
        return {"customers": {"nodes": [{"legacyResourceId": str(one)} for one in sorted(found)]}}

    def _on_webhooks(self, _given: Thing) -> Thing:
        return {"webhookSubscriptions": {"nodes": self.webhooks}}

    def _on_listen(self, given: Thing) -> Thing:
        made = {"id": str(len(self.webhooks)), "topic": given["topic"], "uri": given["webhook"]["uri"]}
        self.webhooks.append(made)
        return {"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": []}}

    def _on_code(self, given: Thing) -> Thing:
        known = self.codes.get(given["code"])
        return {"codeDiscountNodeByCode": {"id": known["id"]} if known else None}

    def _on_makecode(self, given: Thing) -> Thing:
        wish = given["wish"]
        if not 0 < wish["customerGets"]["value"]["percentage"] <= 1:
            problem = {"field": ["percentage"], "message": "Value must be between 0.0 and 1.0"}
            return {"discountCodeBasicCreate": {"codeDiscountNode": None, "userErrors": [problem]}}
        made = {"id": f"gid://shopify/DiscountCodeNode/{len(self.codes) + 1}", **wish}
        self.codes[wish["code"]] = made
        return {"discountCodeBasicCreate": {"codeDiscountNode": {"id": made["id"]}, "userErrors": []}}

    def _change(self, order: Thing, *, at: datetime, **values: Any) -> None:  # noqa: ANN401 - fields of an order
        order |= {**values, "updated_at": _utc(at)}

    def _send(self, topic: str, thing: Thing) -> None:
        self.sent.append(Sent(topic, json.dumps(thing).encode()))


def _given_back(order: Thing) -> Decimal:
    return sum((Decimal(one["amount"]) for refund in order["refunds"] for one in refund["transactions"]), Decimal(0))


def _node(order: Thing) -> Thing:
    def money(amount: str) -> Thing:
        return {"shopMoney": {"amount": amount}}

    return {
        "legacyResourceId": str(order["id"]),
        "createdAt": order["created_at"],
        "updatedAt": order["updated_at"],
        "cancelledAt": order["cancelled_at"],
        "test": order["test"],
        "taxesIncluded": order["taxes_included"],
        "sourceName": order["source_name"],
        "displayFinancialStatus": order["financial_status"].upper(),
        "email": order["email"],
        "tags": [tag for tag in order["tags"].split(",") if tag],
        "currencyCode": order["currency"],
        "discountCodes": [one["code"] for one in order["discount_codes"]],
        "customAttributes": [{"key": one["name"], "value": one["value"]} for one in order["note_attributes"]],
        "customer": {"legacyResourceId": str(order["customer"]["id"])},
        "billingAddress": {"countryCodeV2": order["billing_address"]["country_code"]},
        "totalPriceSet": money(order["total_price"]),
        "currentTotalPriceSet": money(order["current_total_price"]),
        "currentTotalTaxSet": money(order["current_total_tax"]),
        "totalShippingPriceSet": money("0.0"),
        "totalDiscountsSet": money(order["total_discounts"]),
        "refunds": [
            {
                "legacyResourceId": str(one["id"]),
                "createdAt": one["created_at"],
                "totalRefundedSet": money(str(sum(Decimal(each["amount"]) for each in one["transactions"]))),
                "refundLineItems": {"nodes": []},
            }
            for one in order["refunds"]
        ],
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
