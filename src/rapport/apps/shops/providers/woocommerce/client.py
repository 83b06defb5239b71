"""Asks a WooCommerce shop over its REST API, version 3."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from rapport.apps.shops.errors import NoAccess
from rapport.apps.shops.orders import Ask, Told
from rapport.apps.shops.providers.protocol import Access, CodeWish, Introduction, ask_json
from rapport.apps.shops.providers.reading import rows, text
from rapport.apps.shops.providers.woocommerce.mapping import order_told

TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
_API = "/wp-json/wc/v3"
_PAGE = 100
_MOST_PAGES = 1_000


class WooCommerceClient:
    """Asks one shop with its consumer key and secret."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def introduce(self) -> Introduction:
        """Return the name of the site and the currency of its shop."""
        currency, _answer = self._ask("GET", f"{_API}/settings/general/woocommerce_currency")
        site, _answer = self._ask("GET", "/wp-json/")
        return Introduction(text(_of(site).get("name")), text(_of(currency).get("value")).upper())

    def listen(self, address: str, *, secret: str) -> str:
        """Make a webhook for each topic, or renew the one that is there: WooCommerce switches off those that failed."""
        known, _answer = self._ask("GET", f"{_API}/webhooks?per_page={_PAGE}")
        there = {
            text(one.get("topic")): text(one.get("id")) for one in rows(known) if one.get("delivery_url") == address
        }
        for topic in TOPICS:
            wanted = {"name": f"Rapport {topic}", "topic": topic, "delivery_url": address, "secret": secret}
            if topic in there:
                self._ask("PUT", f"{_API}/webhooks/{there[topic]}", {**wanted, "status": "active"})
            else:
                self._ask("POST", f"{_API}/webhooks", wanted)
        return secret

    def ask(self, ask: Ask) -> list[Told]:
        """Return one order."""
        found, _answer = self._ask("GET", f"{_API}/orders/{quote(ask.number, safe='')}")
        return [order_told(_of(found))]

    def find(self, number: str) -> list[Told]:
        """Return the order of a number."""
        plain = number.strip().removeprefix("#")
        return self.ask(Ask("order", plain)) if plain.isdigit() else []

    def orders(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the orders made in a stretch of time, page by page, in the order of their numbers."""
        return self._pages({"after": _gmt(from_at), "before": _gmt(until_at)})

    def changed(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the older orders that changed in a stretch of time, page by page."""
        stretch = {"modified_after": _gmt(from_at), "modified_before": _gmt(until_at)}
        return self._pages({**stretch, "before": _gmt(from_at)})

    def customers(self, mail: str) -> list[str]:
        """Return the registered customers with a mail address."""
        found, _answer = self._ask("GET", f"{_API}/customers?{urlencode({'email': mail, 'role': 'all'})}")
        ids = (text(one.get("id")) for one in rows(found))
        return [f"woocommerce:{one}" for one in ids if one]

    def _pages(self, limits: Mapping[str, str]) -> Iterator[Told]:
        asked = {
            **limits,
            "dates_are_gmt": "true",
            "status": "any",
            "orderby": "id",
            "order": "asc",
            "per_page": str(_PAGE),
        }
        for page in range(1, _MOST_PAGES):
            found, answer = self._ask("GET", f"{_API}/orders?{urlencode({**asked, 'page': str(page)})}")
            listed = rows(found)
            yield from (order_told(one) for one in listed)
            pages = answer.headers.get("x-wp-totalpages", "")
            if not listed or (pages.isdigit() and page >= int(pages)):
                return

    def make_code(self, wish: CodeWish) -> str:
        """Make a coupon of a percentage, or find it made before."""
        known, _answer = self._ask("GET", f"{_API}/coupons?{urlencode({'code': wish.code})}")
        for one in rows(known):
            return text(one.get("id"))
        ends = {"date_expires_gmt": _gmt(wish.ends_at)} if wish.ends_at else {}
        wanted = {"code": wish.code, "discount_type": "percent", "amount": wish.percent, "individual_use": False}
        made, _answer = self._ask("POST", f"{_API}/coupons", {**wanted, **ends})
        return text(_of(made).get("id"))

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        key, secret = self._access.keys.get("key", ""), self._access.keys.get("secret", "")
        if not key or not secret:
            raise NoAccess
        basic = b64encode(f"{key}:{secret}".encode()).decode()
        headers = {"authorization": f"Basic {basic}", "content-type": "application/json"}
        content = json.dumps(body).encode() if body is not None else b""
        return ask_json(self._access, method, path, headers=headers, content=content)


def _of(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _gmt(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
