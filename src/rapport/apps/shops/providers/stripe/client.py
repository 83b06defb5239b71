"""Asks Stripe: who it is, to send its events, for single objects, for the list of orders, to make promotion codes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from rapport.apps.shops.errors import NoAccess, ShopRefused
from rapport.apps.shops.orders import Ask, Told
from rapport.apps.shops.providers.protocol import Access, CodeWish, Introduction, ask_json
from rapport.apps.shops.providers.reading import inside, rows, text
from rapport.apps.shops.providers.stripe.mapping import (
    TOPICS,
    charge_told,
    dispute_told,
    invoice_told,
    session_told,
)
from rapport.kit.clock import to_ms

ADDRESS = "https://api.stripe.com"
VERSION = "2026-10-28.endive"
"""The version of Stripe's API whose shapes are read here; asked for, so that an older account sends them too."""

_PAGE = 100
# An invoice is made up to an hour before its charge, and a session a day.
_CHARGE_DELAY = timedelta(days=2)


class StripeClient:
    """Asks one Stripe account with its restricted key."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._at_ms = to_ms(access.at)

    def introduce(self) -> Introduction:
        """Try the key by looking at what it will be used for."""
        session = self._ask("GET", "/v1/checkout/sessions", {"limit": "1"})
        first = next(iter(rows(session.get("data"))), {})
        return Introduction("Stripe", text(first.get("currency")).upper())

    def listen(self, address: str, *, secret: str) -> str:
        """Have Stripe send its events; its own secret comes back once."""
        del secret
        made = self._ask(
            "POST",
            "/v1/webhook_endpoints",
            {"url": address, "api_version": VERSION, "enabled_events[]": list(TOPICS), "description": "Rapport"},
        )
        return text(made.get("secret"))

    def ask(self, ask: Ask) -> list[Told]:
        """Return an invoice or a charge; for a payment, the order that it paid."""
        number = quote(ask.number, safe="")
        if ask.what == "invoice":
            return [invoice_told(self._ask("GET", f"/v1/invoices/{number}", {"expand[]": "payments"}))]
        if ask.what == "charge":
            return [charge_told(self._ask("GET", f"/v1/charges/{number}"), self._at_ms)]
        return self._order_of_payment(ask.number)

    def find(self, number: str) -> list[Told]:
        """Return what an invoice or a payment is for, by its id."""
        if number.startswith("in_"):
            return self.ask(Ask("invoice", number))
        return self._order_of_payment(number) if number.startswith("pi_") else []

    def orders(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return paid sessions, paid invoices, and what was refunded or disputed of them."""
        between = {"created[gte]": _seconds(from_at), "created[lt]": _seconds(until_at)}
        for session in self._pages("/v1/checkout/sessions", {**between, "status": "complete"}):
            yield session_told(session)
        for invoice in self._pages("/v1/invoices", {**between, "status": "paid", "expand[]": "data.payments"}):
            yield invoice_told(invoice)
        later = {**between, "created[lt]": _seconds(until_at + _CHARGE_DELAY)}
        for charge in self._pages("/v1/charges", later):
            if charge.get("amount_refunded"):
                yield charge_told(charge, self._at_ms)
        for dispute in self._pages("/v1/disputes", {"created[gte]": _seconds(from_at)}):
            yield dispute_told(dispute, self._at_ms)

    def changed(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the older orders of which something was refunded or disputed in a stretch of time, with that."""
        between = {"created[gte]": _seconds(from_at), "created[lt]": _seconds(until_at)}
        told: set[str] = set()
        for refund in self._pages("/v1/refunds", {**between, "expand[]": "data.charge"}):
            yield from self._older(refund, told, from_at)
        for dispute in self._pages("/v1/disputes", {**between, "expand[]": "data.charge"}):
            yield from self._older(dispute, told, from_at)
            if text(inside(dispute, "charge", "id")) in told:
                yield dispute_told({**dispute, "charge": inside(dispute, "charge", "id")}, self._at_ms)

    def customers(self, mail: str) -> list[str]:
        """Return the customers with a mail address."""
        found = rows(self._ask("GET", "/v1/customers", {"email": mail, "limit": "10"}).get("data"))
        return [f"stripe:{text(one.get('id'))}" for one in found]

    def _older(self, of: Mapping[str, Any], told: set[str], from_at: datetime) -> Iterator[Told]:
        """Tell the order behind the charge of a refund or dispute and all that was refunded of it, once."""
        charge = of.get("charge")
        if not isinstance(charge, Mapping) or not _is_older(charge, from_at) or text(charge.get("id")) in told:
            return
        told.add(text(charge.get("id")))
        if payment := text(charge.get("payment_intent")):
            yield from self._order_of_payment(payment)
        if charge.get("amount_refunded"):
            yield charge_told(charge, self._at_ms)

    def make_code(self, wish: CodeWish) -> str:
        """Make a promotion code over a coupon of its percentage, or find it made before."""
        known = self._ask("GET", "/v1/promotion_codes", {"code": wish.code, "limit": "1"})
        for one in rows(known.get("data")):
            return text(one.get("id"))
        name = f"rapport-{wish.percent.replace('.', '-')}"
        coupon = {"percent_off": wish.percent, "duration": "once", "id": name, "name": f"{wish.percent} %"}
        if not self._has(f"/v1/coupons/{name}"):
            self._ask("POST", "/v1/coupons", coupon)
        ends = {"expires_at": _seconds(wish.ends_at)} if wish.ends_at else {}
        asked = {"promotion[type]": "coupon", "promotion[coupon]": name, "code": wish.code, **ends}
        return text(self._ask("POST", "/v1/promotion_codes", asked).get("id"))

    def _order_of_payment(self, payment: str) -> list[Told]:
        """Return the order that a payment paid: that of an invoice, or of a session."""
        asked = {"payment[type]": "payment_intent", "payment[payment_intent]": payment, "limit": "1"}
        for one in rows(self._ask("GET", "/v1/invoice_payments", asked).get("data")):
            return self.ask(Ask("invoice", text(one.get("invoice"))))
        sessions = self._ask("GET", "/v1/checkout/sessions", {"payment_intent": payment, "limit": "1"})
        return [session_told(one) for one in rows(sessions.get("data"))]

    def _pages(self, path: str, asked: Mapping[str, object]) -> Iterator[Mapping[str, Any]]:
        after: dict[str, object] = {}
        while True:
            page = self._ask("GET", path, {**asked, "limit": str(_PAGE), **after})
            found = rows(page.get("data"))
            yield from found
            if not page.get("has_more") or not found:
                return
            after = {"starting_after": text(found[-1].get("id"))}

    def _has(self, path: str) -> bool:
        try:
            self._ask("GET", path)
        except ShopRefused:
            return False
        return True

    def _ask(self, method: str, path: str, asked: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        key = self._access.keys.get("key", "")
        if not key:
            raise NoAccess
        headers = {
            "authorization": f"Bearer {key}",
            "stripe-version": VERSION,
            "content-type": "application/x-www-form-urlencoded",
        }
        form = urlencode(asked or {}, doseq=True)
        if method == "GET":
            found, _answer = ask_json(self._access, method, f"{path}?{form}" if form else path, headers=headers)
        else:
            found, _answer = ask_json(self._access, method, path, headers=headers, content=form.encode())
        if not isinstance(found, Mapping) or inside(found, "error"):
            raise ShopRefused(_("The shop did not do what it was asked: %(outcome)s.") % {"outcome": "refused"})
        return found


def _is_older(charge: Mapping[str, Any], from_at: datetime) -> bool:
    created = charge.get("created")
    return isinstance(created, int) and created < int(from_at.timestamp())


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
