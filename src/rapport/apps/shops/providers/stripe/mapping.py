"""What Stripe's objects mean: a paid session or invoice is an order, a charge tells refunds, a dispute takes."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.shops.errors import NotUnderstood
from rapport.apps.shops.orders import Amounts, Ask, Nothing, OrderState, Reversal, Told
from rapport.apps.shops.providers.protocol import Reading
from rapport.apps.shops.providers.reading import (
    click_ids,
    country,
    email_key,
    inside,
    moment,
    needed,
    payload_of,
    rows,
    text,
)
from rapport.apps.shops.providers.stripe.amounts import own_minor

Thing = Mapping[str, Any]

_PAID = frozenset({"paid", "no_payment_required"})
# A renewal is what a subscription brings after its first invoice.
_RENEWALS = frozenset({"subscription_cycle", "subscription_update", "subscription_threshold", "subscription"})
# While a dispute is only a warning no money has moved; when it is won the money comes back.
_TAKES_NOTHING = frozenset({"won", "warning_needs_response", "warning_under_review", "warning_closed", "prevented"})


def read(message: Reading) -> list[Told]:
    """Return what an event tells."""
    event = payload_of(message.body)
    thing = inside(event, "data", "object")
    if not isinstance(thing, Mapping):
        raise NotUnderstood(_("%(name)s is missing.") % {"name": "data.object"})
    reader = _READERS.get(message.topic)
    if reader is None:
        return [Nothing(_("Nothing is counted by this kind of event."))]
    return [reader(thing, _made_ms(event))]


def session_told(session: Thing, made_ms: int = 0) -> Told:
    """Return the order of a checkout session."""
    del made_ms
    if session.get("mode") == "setup" or session.get("payment_status") not in _PAID:
        return Nothing(_("Nothing was paid by this session yet."))
    currency = _currency(session)
    details = inside(session, "total_details") or {}
    return OrderState(
        # The first invoice of a subscription is told twice, by the session and by itself: it is one order.
        number=text(session.get("invoice")) or text(session.get("payment_intent")) or needed(session.get("id"), "id"),
        version_ms=0,
        ordered_at=moment(session.get("created"), "created"),
        currency=currency,
        amounts=Amounts(
            total=own_minor(session.get("amount_total"), currency),
            tax=own_minor(details.get("amount_tax") or 0, currency),
            shipping=own_minor(details.get("amount_shipping") or 0, currency),
            discount=own_minor(details.get("amount_discount") or 0, currency),
        ).bounded(),
        payment=text(session.get("payment_intent")),
        click_ids=click_ids([session.get("client_reference_id"), *_named(session)]),
        code_ids=_code_ids(session),
        customer=_customer(session, email=inside(session, "customer_details", "email")),
        country=country(inside(session, "customer_details", "address", "country")),
        channel=text(inside(session, "metadata", "channel"), most=64),
        test=session.get("livemode") is False,
    )


def invoice_told(invoice: Thing, made_ms: int = 0) -> Told:
    """Return the order, or the renewal, of a paid invoice."""
    del made_ms
    if invoice.get("status", "paid") != "paid":
        return Nothing(_("This invoice is not paid."))
    currency = _currency(invoice)
    taxes = [one.get("amount") or 0 for one in rows(invoice.get("total_taxes") or invoice.get("total_tax_amounts"))]
    discounts = [one.get("amount") or 0 for one in rows(invoice.get("total_discount_amounts"))]
    return OrderState(
        number=needed(invoice.get("id"), "id"),
        version_ms=1,  # an invoice that is paid does not change, and knows better than the session before it
        ordered_at=moment(inside(invoice, "status_transitions", "paid_at") or invoice.get("created"), "created"),
        currency=currency,
        amounts=Amounts(
            total=own_minor(invoice.get("amount_paid"), currency),
            tax=own_minor(sum(taxes) if taxes else invoice.get("tax") or 0, currency),
            shipping=own_minor(inside(invoice, "shipping_cost", "amount_total") or 0, currency),
            discount=own_minor(sum(discounts), currency),
        ).bounded(),
        renewal=invoice.get("billing_reason") in _RENEWALS,
        payment=_payment_of_invoice(invoice),
        click_ids=click_ids([*_named(invoice), *_named({"metadata": _subscription_metadata(invoice)})]),
        code_ids=_code_ids(invoice),
        customer=_customer(invoice, email=invoice.get("customer_email")),
        country=country(inside(invoice, "customer_address", "country")),
        channel=text(inside(invoice, "metadata", "channel"), most=64),
        test=invoice.get("livemode") is False,
    )


def invoice_payment_told(payment: Thing, made_ms: int = 0) -> Told:
    """Return what to ask for: the payment of an invoice names it and tells nothing of it."""
    del made_ms
    return Ask("invoice", needed(payment.get("invoice"), "invoice"))


def charge_told(charge: Thing, made_ms: int = 0) -> Told:
    """Return how much of a charge has been refunded so far."""
    currency = _currency(charge)
    return Reversal(
        number=needed(charge.get("id"), "id"),
        kind="refund",
        taken_minor=own_minor(charge.get("amount_refunded"), currency),
        at=moment(made_ms // 1_000, "created"),
        version_ms=made_ms,
        of=text(charge.get("payment_intent")) or needed(charge.get("id"), "id"),
        currency=currency,
    )


def failed_refund_told(refund: Thing, made_ms: int = 0) -> Told:
    """Return what to ask for: a refund that failed gives back, and only the charge knows what is left of it."""
    del made_ms
    return Ask("charge", needed(refund.get("charge"), "charge"))


def dispute_told(dispute: Thing, made_ms: int = 0) -> Told:
    """Return what a dispute takes, as it stands."""
    currency = _currency(dispute)
    taken = 0 if dispute.get("status") in _TAKES_NOTHING else own_minor(dispute.get("amount"), currency)
    return Reversal(
        number=needed(dispute.get("id"), "id"),
        kind="chargeback",
        taken_minor=taken,
        at=moment(made_ms // 1_000, "created"),
        version_ms=made_ms,
        of=text(dispute.get("payment_intent")) or needed(dispute.get("charge"), "charge"),
        currency=currency,
    )


def _made_ms(event: Thing) -> int:
    return int(moment(event.get("created"), "created").timestamp()) * 1_000


def _currency(thing: Thing) -> str:
    return needed(thing.get("currency"), "currency").upper()


def _named(thing: Thing) -> list[object]:
    return [inside(thing, "metadata", name) for name in ("rpid", "rapport_click_id")]


def _subscription_metadata(invoice: Thing) -> object:
    newer = inside(invoice, "parent", "subscription_details", "metadata")
    return newer or inside(invoice, "subscription_details", "metadata") or {}


def _code_ids(thing: Thing) -> tuple[str, ...]:
    """Return the ids of promotion codes: Stripe names the code itself only where it is asked to."""
    found = (one.get("promotion_code") for one in rows(thing.get("discounts")))
    ids = (text(inside(one, "id") if isinstance(one, Mapping) else one) for one in found)
    return tuple(dict.fromkeys(one for one in ids if one))[:10]


def _customer(thing: Thing, *, email: object) -> str:
    # The id first: a customer who changes the mail address stays the same customer.
    known = thing.get("customer")
    found = text(inside(known, "id") if isinstance(known, Mapping) else known)
    return f"stripe:{found}" if found else email_key(email)


def _payment_of_invoice(invoice: Thing) -> str:
    for one in rows(inside(invoice, "payments", "data")):
        if found := text(inside(one, "payment", "payment_intent")):
            return found
    known = invoice.get("payment_intent")
    return text(inside(known, "id") if isinstance(known, Mapping) else known)


_READERS: Mapping[str, Callable[[Thing, int], Told]] = {
    "checkout.session.completed": session_told,
    "checkout.session.async_payment_succeeded": session_told,
    "invoice.paid": invoice_told,
    "invoice_payment.paid": invoice_payment_told,
    "charge.refunded": charge_told,
    "refund.failed": failed_refund_told,
    "charge.dispute.created": dispute_told,
    "charge.dispute.updated": dispute_told,
    "charge.dispute.closed": dispute_told,
    "charge.dispute.funds_withdrawn": dispute_told,
    "charge.dispute.funds_reinstated": dispute_told,
}
TOPICS = tuple(_READERS)
"""The events that Stripe is asked to send."""
