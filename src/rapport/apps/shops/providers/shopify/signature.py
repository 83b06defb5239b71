"""How Shopify signs: the Base64 of an HMAC over the raw body, with the secret of the app."""

from collections.abc import Mapping
from typing import Any

from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.providers.protocol import Message, Proof
from rapport.apps.shops.providers.reading import needed
from rapport.apps.shops.providers.signing import base64_signature, fits


def prove(message: Message, secret: str, settings: Mapping[str, Any]) -> Proof:
    """Return what a message proves, or raise `NotProven`."""
    del settings
    given = message.headers.get("x-shopify-hmac-sha256", "")
    if not secret or not fits(given, base64_signature(secret, message.body)):
        raise NotProven
    delivery_id = needed(message.headers.get("x-shopify-webhook-id"), "X-Shopify-Webhook-Id")
    return Proof(delivery_id, needed(message.headers.get("x-shopify-topic"), "X-Shopify-Topic"))
