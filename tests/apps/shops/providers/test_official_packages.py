"""The shops' own packages judge our signatures, sign for us, and take our simulators for the real thing."""

import json

import pytest
import stripe

from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.shopify import signature as shopify_signature
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.stripe import signature as stripe_signature
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from tests.make.identity import NOON
from tests.support.node_packages import ask_node

NOON_S = int(NOON.timestamp())
SECRET = "whsec_proof"


def bought() -> StripeSimulator:
    shop = StripeSimulator(secret=SECRET)
    shop.buy(10_422, at=NOON, click_id="Ä\u2603")
    return shop


def test_what_the_package_for_python_signs_is_proven() -> None:
    [sent] = bought().sent
    header = stripe.WebhookSignature.generate_signature_header(sent.body.decode(), SECRET, timestamp=NOON_S)
    proof = stripe_signature.prove(Message({"stripe-signature": header}, sent.body, NOON), SECRET, {})
    assert (proof.delivery_id, proof.topic) == (json.loads(sent.body)["id"], "checkout.session.completed")
    with pytest.raises(NotProven):
        stripe_signature.prove(Message({"stripe-signature": header}, sent.body, NOON), "whsec_other", {})


def test_what_the_simulator_signs_the_package_for_python_believes() -> None:
    shop = bought()
    [sent] = shop.sent
    header = shop.headers(sent, at=NOON)["stripe-signature"]
    event = stripe.Webhook.construct_event(sent.body, header, SECRET, tolerance=10**9)
    assert event.data.object["amount_total"] == 10_422
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(sent.body + b" ", header, SECRET, tolerance=10**9)


def test_the_package_for_python_asks_the_simulator_as_it_asks_stripe() -> None:
    shop = bought()
    shop.subscribe(5_000, at=NOON)
    shop.refund("pi_1", 1_000, at=NOON)
    with serve(shop.answer) as address:
        client = stripe.StripeClient(shop.key, base_addresses={"api": address}, max_network_retries=0)
        sessions = client.v1.checkout.sessions.list({"limit": 100, "status": "complete"})
        assert [one.amount_total for one in sessions.auto_paging_iter()] == [10_422, 5_000]
        assert [one.amount_paid for one in client.v1.invoices.list({"status": "paid"}).data] == [5_000]
        charges = {one.payment_intent: one.amount_refunded for one in client.v1.charges.list().auto_paging_iter()}
        assert charges["pi_1"] == 1_000
        endpoint = client.v1.webhook_endpoints.create({"url": "https://x.example/", "enabled_events": ["invoice.paid"]})
        assert endpoint.secret == SECRET


def test_the_packages_for_node_sign_and_judge_like_us() -> None:
    shop, shopify = bought(), ShopifySimulator()
    [sent] = shop.sent
    shopify.order("12.50", at=NOON, name="Grüße ☃")
    [order] = shopify.sent
    good, ours = shop.headers(sent, at=NOON), shopify.headers(order, at=NOON)
    body, text = sent.body.decode(), order.body.decode()
    signed, judged, spoiled, valid, changed, foreign = ask_node(
        [
            {"what": "stripe-sign", "body": body, "secret": SECRET, "timestamp": NOON_S},
            {"what": "stripe-judge", "body": body, "secret": SECRET, "headers": good},
            {"what": "stripe-judge", "body": body + " ", "secret": SECRET, "headers": good},
            {"what": "shopify-judge", "body": text, "secret": shopify.secret, "headers": ours},
            {"what": "shopify-judge", "body": text + " ", "secret": shopify.secret, "headers": ours},
            {"what": "shopify-judge", "body": text, "secret": "another", "headers": ours},
        ]
    )
    stripe_signature.prove(Message({"stripe-signature": signed}, sent.body, NOON), SECRET, {})
    assert (judged, spoiled) == (json.loads(body)["id"], "refused: StripeSignatureVerificationError")
    assert (valid, changed, foreign) == (True, False, False)
    proof = shopify_signature.prove(Message(ours, order.body, NOON), shopify.secret, {})
    assert proof.topic == "orders/create"
