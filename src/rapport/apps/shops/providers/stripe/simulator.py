"""A Stripe account in memory: people buy, subscribe, are refunded and dispute; it signs and can be asked."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from rapport.apps.shops.providers.simulating import Asked, Sent
from rapport.apps.shops.providers.stripe.client import VERSION
from rapport.apps.shops.providers.stripe.signature import signed

Thing = dict[str, Any]

_LISTS = {
    "/v1/checkout/sessions": "sessions",
    "/v1/invoices": "invoices",
    "/v1/charges": "charges",
    "/v1/disputes": "disputes",
    "/v1/refunds": "refunds",
}


@dataclass
class StripeSimulator:
    """One account; amounts are in Stripe's own minor units. `sent` is every event, as they happened."""

    key: str = "rk_live_simulated"
    secret: str = "whsec_simulated"  # noqa: S105 - of an invented shop
    currency: str = "eur"
    sent: list[Sent] = field(default_factory=list)
    endpoints: list[Thing] = field(default_factory=list)
    sessions: dict[str, Thing] = field(default_factory=dict)
    invoices: dict[str, Thing] = field(default_factory=dict)
    charges: dict[str, Thing] = field(default_factory=dict)
    disputes: dict[str, Thing] = field(default_factory=dict)
    refunds: dict[str, Thing] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    promotion_codes: dict[str, Thing] = field(default_factory=dict)
    coupons: dict[str, Thing] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def buy(self, amount: int, *, at: datetime, click_id: str = "", customer: str = "", **more: Any) -> Thing:  # noqa: ANN401 - fields of a session
        """Let somebody pay once through checkout."""
        number = next(self.numbers)
        session: Thing = {
            "id": f"cs_live_{number}",
            "object": "checkout.session",
            "mode": "payment",
            "payment_status": "paid",
            "status": "complete",
            "amount_total": amount,
            "total_details": {"amount_tax": 0, "amount_shipping": 0, "amount_discount": 0},
            "currency": self.currency,
            "created": _seconds(at),
            "client_reference_id": click_id or None,
            "customer": customer or None,
            "customer_details": {"email": f"buyer{number}@example.com", "address": {"country": "DE"}},
            "payment_intent": f"pi_{number}",
            "invoice": None,
            "metadata": {},
            "livemode": True,
            **more,
        }
        self.sessions[session["id"]] = session
        self._charge(session["payment_intent"], amount, at=at)
        self._send("checkout.session.completed", session, at=at)
        return session

    def subscribe(self, amount: int, *, at: datetime, click_id: str = "", customer: str = "") -> Thing:
        """Let somebody begin a subscription: a session, its first invoice, and that invoice's payment."""
        customer = customer or f"cus_{next(self.numbers)}"
        invoice = self.renew(amount, at=at, customer=customer, reason="subscription_create")
        session = {"mode": "subscription", "payment_intent": None, "invoice": invoice["id"]}
        number = next(self.numbers)
        self.sessions[f"cs_live_{number}"] = made = {
            "id": f"cs_live_{number}",
            "object": "checkout.session",
            "payment_status": "paid",
            "status": "complete",
            "amount_total": amount,
            "currency": self.currency,
            "created": _seconds(at),
            "client_reference_id": click_id or None,
            "customer": customer,
            "customer_details": {"email": "subscriber@example.com"},
            "livemode": True,
            **session,
        }
        self._send("checkout.session.completed", made, at=at)
        return invoice

    def renew(self, amount: int, *, at: datetime, customer: str, reason: str = "subscription_cycle") -> Thing:
        """Let a subscription bring another invoice, paid at once; newer accounts say so twice."""
        number = next(self.numbers)
        invoice: Thing = {
            "id": f"in_{number}",
            "object": "invoice",
            "status": "paid",
            "amount_paid": amount,
            "currency": self.currency,
            "created": _seconds(at),
            "status_transitions": {"paid_at": _seconds(at)},
            "customer": customer,
            "billing_reason": reason,
            "total_taxes": [],
            "livemode": True,
            "payments": {"data": [{"payment": {"type": "payment_intent", "payment_intent": f"pi_{number}"}}]},
        }
        self.invoices[invoice["id"]] = invoice
        self._charge(f"pi_{number}", amount, at=at)
        # A delivery does not carry what must be asked for by `expand`.
        self._send("invoice.paid", {name: value for name, value in invoice.items() if name != "payments"}, at=at)
        payment = {"id": f"inpay_{number}", "object": "invoice_payment", "invoice": invoice["id"], "status": "paid"}
        self._send("invoice_payment.paid", payment, at=at)
        return invoice

    def refund(self, payment: str, amount: int, *, at: datetime) -> Thing:
        """Give back a part of a payment."""
        charge = next(one for one in self.charges.values() if one["payment_intent"] == payment)
        charge["amount_refunded"] += amount
        number = next(self.numbers)
        refund = {"id": f"re_{number}", "object": "refund", "amount": amount, "charge": charge, "created": _seconds(at)}
        self.refunds[str(refund["id"])] = refund
        self._send("charge.refunded", charge, at=at)
        return charge

    def dispute(self, payment: str, *, at: datetime) -> Thing:
        """Let a buyer's bank take a payment back."""
        charge = next(one for one in self.charges.values() if one["payment_intent"] == payment)
        number = next(self.numbers)
        dispute: Thing = {
            "id": f"dp_{number}",
            "object": "dispute",
            "amount": charge["amount"] - charge["amount_refunded"],
            "currency": self.currency,
            "charge": charge["id"],
            "payment_intent": payment,
            "status": "needs_response",
            "created": _seconds(at),
        }
        self.disputes[dispute["id"]] = dispute
        self._send("charge.dispute.created", dispute, at=at)
        return dispute

    def close(self, dispute: Thing, *, won: bool, at: datetime) -> None:
        """End a dispute."""
        dispute["status"] = "won" if won else "lost"
        self._send("charge.dispute.closed", dispute, at=at)

    def left(self) -> dict[str, int]:
        """Return what is left of every order, by its number: the account's own list."""
        orders = {
            one["payment_intent"]: (one["payment_intent"], one["amount_total"])
            for one in self.sessions.values()
            if one["mode"] == "payment"
        }
        for one in self.invoices.values():
            orders[one["id"]] = (one["payments"]["data"][0]["payment"]["payment_intent"], one["amount_paid"])
        return {number: amount - self._taken(payment) for number, (payment, amount) in orders.items()}

    def headers(self, sent: Sent, *, at: datetime) -> dict[str, str]:
        """Return the headers with which a message is sent at a moment."""
        return {"stripe-signature": signed(sent.body, secret=self.secret, at=at), "content-type": "application/json"}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Answer a question as the API would."""
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return 401, {"error": {"type": "invalid_request_error"}}
        if asked.path in _LISTS and asked.method == "GET":
            found = list(getattr(self, _LISTS[asked.path]).values())
            if asked.path == "/v1/disputes" and "expand[]" in dict(asked.query):
                found = [one | {"charge": self.charges[one["charge"]]} for one in found]
            return 200, self._listed(found, asked)
        if asked.path == "/v1/customers":
            mail = dict(asked.query).get("email")
            known = [{"id": number} for number, address in self.customers.items() if address == mail]
            return 200, {"data": known, "has_more": False}
        if asked.path == "/v1/webhook_endpoints":
            self.endpoints.append({"url": dict(asked.form)["url"], "secret": self.secret})
            return 200, {"id": "we_1", "secret": self.secret}
        if asked.path == "/v1/invoice_payments":
            payment = dict(asked.query).get("payment[payment_intent]")
            found = [
                one
                for one in self.invoices.values()
                if one["payments"]["data"][0]["payment"]["payment_intent"] == payment
            ]
            return 200, {"data": [{"invoice": one["id"]} for one in found], "has_more": False}
        return self._one(asked)

    def _one(self, asked: Asked) -> tuple[int, Any]:
        where, number = asked.path.rpartition("/")[::2]
        if asked.method == "GET" and where in _LISTS and (one := getattr(self, _LISTS[where]).get(number)):
            return 200, one
        if asked.path == "/v1/promotion_codes" and asked.method == "GET":
            code = dict(asked.query).get("code")
            return 200, {
                "data": [one for one in self.promotion_codes.values() if one["code"] == code],
                "has_more": False,
            }
        if asked.path == "/v1/promotion_codes":
            made = {"id": f"promo_{next(self.numbers)}", **dict(asked.form)}
            self.promotion_codes[made["id"]] = made
            return 200, made
        if asked.path == "/v1/coupons":
            self.coupons[dict(asked.form)["id"]] = dict(asked.form)
            return 200, dict(asked.form)
        if where == "/v1/coupons" and number in self.coupons:
            return 200, self.coupons[number]
        return 404, {"error": {"type": "invalid_request_error"}}

    def _listed(self, things: list[Thing], asked: Asked) -> Thing:
        query = dict(asked.query)
        least, before = int(query.get("created[gte]", 0)), int(query.get("created[lt]", 10**12))
        wanted = [one for one in things if least <= one["created"] < before]
        if "payment_intent" in query:
            wanted = [one for one in wanted if one.get("payment_intent") == query["payment_intent"]]
        ids = [one["id"] for one in wanted]
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        # Pages are shorter than asked for, as a server may choose.
        most = min(int(query.get("limit", 10)), 7)
        return {"object": "list", "data": wanted[start : start + most], "has_more": start + most < len(wanted)}

    def _charge(self, payment: str, amount: int, *, at: datetime) -> None:
        charge = {
            "id": f"ch_{payment}",
            "object": "charge",
            "amount": amount,
            "amount_refunded": 0,
            "currency": self.currency,
            "created": _seconds(at),
            "payment_intent": payment,
        }
        self.charges[str(charge["id"])] = charge

    def _taken(self, payment: str) -> int:
        refunded = sum(one["amount_refunded"] for one in self.charges.values() if one["payment_intent"] == payment)
        lost = (one for one in self.disputes.values() if one["payment_intent"] == payment and one["status"] != "won")
        return int(refunded + sum(one["amount"] for one in lost))

    def _send(self, topic: str, thing: Thing, *, at: datetime) -> None:
        event = {
            "id": f"evt_{next(self.numbers)}",
            "object": "event",
            "api_version": VERSION,
            "created": _seconds(at),
            "type": topic,
            "livemode": True,
            "data": {"object": thing},
        }
        self.sent.append(Sent(topic, json.dumps(event).encode()))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
