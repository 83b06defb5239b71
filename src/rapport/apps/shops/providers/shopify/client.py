"""Asks a Shopify shop by the GraphQL Admin API, as slowly as it wants to be asked."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from rapport.apps.shops.errors import NoAccess, ShopRefused
from rapport.apps.shops.orders import Ask, Told
from rapport.apps.shops.providers.protocol import Access, CodeWish, Introduction, ask_json
from rapport.apps.shops.providers.reading import inside, rows, text
from rapport.apps.shops.providers.shopify import graphql
from rapport.apps.shops.providers.shopify.mapping import order_told

VERSION = "2026-10"
_TRIES = 6
_LONG = 10
"""Digits that a number of Shopify's own has at least; shorter ones are names."""
_LONGEST_WAIT_S = 10


class ShopifyClient:
    """Asks one shop with the access token of its app."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def introduce(self) -> Introduction:
        """Return name and currency of the shop."""
        shop = self._ask(graphql.SHOP).get("shop")
        return Introduction(text(inside(shop, "name")), text(inside(shop, "currencyCode")))

    def listen(self, address: str, *, secret: str) -> str:
        """Have the shop send each kind of message, unless it does already; the app's own secret signs them."""
        found = rows(inside(self._ask(graphql.WEBHOOKS), "webhookSubscriptions", "nodes"))
        there = {text(one.get("topic")) for one in found if one.get("uri") == address}
        for topic in graphql.TOPICS:
            if topic not in there:
                wanted = {"topic": topic, "webhook": {"uri": address, "format": "JSON"}}
                self._done(self._ask(graphql.LISTEN, wanted), "webhookSubscriptionCreate")
        return secret

    def ask(self, ask: Ask) -> list[Told]:
        """Return one order."""
        found = self._ask(graphql.ORDER, {"id": f"gid://shopify/Order/{ask.number}"}).get("order")
        if not isinstance(found, Mapping):
            raise ShopRefused(_("The shop does not know order %(number)s.") % {"number": ask.number})
        return [order_told(graphql.as_webhook(found))]

    def find(self, number: str) -> list[Told]:
        """Return the orders of a name such as #1001, or of a long number of Shopify's own."""
        plain = "".join(one for one in number if one.isalnum() or one in "#-_.")
        found = list(self._pages(f"name:'{plain}' AND status:any")) if plain else []
        return found or (self.ask(Ask("order", plain)) if plain.isdigit() and len(plain) >= _LONG else [])

    def orders(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the orders made in a stretch of time, page by page."""
        return self._pages(f"created_at:>='{_utc(from_at)}' AND created_at:<'{_utc(until_at)}' AND status:any")

    def changed(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the older orders that changed in a stretch of time, page by page."""
        changed = f"updated_at:>='{_utc(from_at)}' AND updated_at:<'{_utc(until_at)}'"
        return self._pages(f"{changed} AND created_at:<'{_utc(from_at)}' AND status:any")

    def customers(self, mail: str) -> list[str]:
        """Return the customers with a mail address."""
        quoted = mail.replace("\\", "").replace('"', "")
        found = self._ask(graphql.CUSTOMERS, {"query": f'email:"{quoted}"'}).get("customers")
        ids = (text(one.get("legacyResourceId")) for one in rows(inside(found, "nodes")))
        return [f"shopify:{one}" for one in ids if one]

    def _pages(self, query: str) -> Iterator[Told]:
        after: str | None = None
        while True:
            page = self._ask(graphql.ORDERS, {"query": query, "after": after}).get("orders")
            yield from (order_told(graphql.as_webhook(one)) for one in rows(inside(page, "nodes")))
            after = text(inside(page, "pageInfo", "endCursor"), most=500) or None
            if not inside(page, "pageInfo", "hasNextPage") or after is None:
                return

    def make_code(self, wish: CodeWish) -> str:
        """Make a discount code of a percentage for everybody, or find it made before."""
        known = self._ask(graphql.CODE, {"code": wish.code}).get("codeDiscountNodeByCode")
        if found := text(inside(known, "id"), most=200):
            return found
        wanted = {
            "title": wish.code,
            "code": wish.code,
            "startsAt": _utc(wish.starts_at),
            "endsAt": _utc(wish.ends_at) if wish.ends_at else None,
            "context": {"all": "ALL"},
            "customerGets": {"value": {"percentage": Decimal(wish.percent) / 100}, "items": {"all": True}},
        }
        made = self._done(self._ask(graphql.MAKE_CODE, {"wish": wanted}), "discountCodeBasicCreate")
        return text(inside(made, "codeDiscountNode", "id"), most=200)

    def _done(self, answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        result = answer.get(name)
        problems = rows(inside(result, "userErrors"))
        if problems or not isinstance(result, Mapping):
            words = "; ".join(text(one.get("message"), most=200) for one in problems)
            raise ShopRefused(_("The shop says: %(words)s") % {"words": words or name})
        return result

    def _ask(self, query: str, variables: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        token = self._access.keys.get("key", "")
        if not token:
            raise NoAccess
        headers = {"x-shopify-access-token": token, "content-type": "application/json"}
        content = _ENCODER.encode({"query": query, "variables": variables or {}})
        for _tried in range(_TRIES):
            found, _answer = ask_json(
                self._access, "POST", f"/admin/api/{VERSION}/graphql.json", headers=headers, content=content
            )
            if not _is_throttled(found):
                return _data(found)
            time.sleep(_wait_s(found))
        raise ShopRefused(_("The shop asks for fewer questions. It is tried again later."))


# Amounts stay exact; a percentage is a number to Shopify.
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def _data(found: object) -> Mapping[str, Any]:
    data = inside(found, "data")
    if not isinstance(data, Mapping) or inside(found, "errors"):
        words = json.dumps(inside(found, "errors"))[:200]
        raise ShopRefused(_("The shop says: %(words)s") % {"words": words})
    return data


def _is_throttled(found: object) -> bool:
    return any(inside(one, "extensions", "code") == "THROTTLED" for one in rows(inside(found, "errors")))


def _wait_s(found: object) -> float:
    """Return how long the shop's bucket takes to hold what was asked for."""
    cost = inside(found, "extensions", "cost")
    asked, left = inside(cost, "requestedQueryCost"), inside(cost, "throttleStatus", "currentlyAvailable")
    rate = inside(cost, "throttleStatus", "restoreRate")
    try:
        wait = (Decimal(str(asked)) - Decimal(str(left))) / Decimal(str(rate))
    except ArithmeticError:
        return 1
    return float(min(max(wait, Decimal(0)), Decimal(_LONGEST_WAIT_S)))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
