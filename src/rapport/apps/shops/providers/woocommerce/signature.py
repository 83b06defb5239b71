"""How WooCommerce signs: the Base64 of an HMAC over the raw body."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.providers.protocol import Message, Proof
from rapport.apps.shops.providers.signing import base64_signature, fits

_PING = re.compile(rb"webhook_id=\d{1,12}")


def prove(message: Message, secret: str, settings: Mapping[str, Any]) -> Proof:
    """Return what a message proves, or raise `NotProven`. The first of a webhook is a ping without signature."""
    del settings
    if _PING.fullmatch(message.body):
        return Proof("", "ping")
    given = message.headers.get("x-wc-webhook-signature", "")
    if not secret or not fits(given, base64_signature(secret, message.body)):
        raise NotProven
    # An id that is missing is made of the body: the same body tells the same.
    delivery_id = message.headers.get("x-wc-webhook-delivery-id", "") or hashlib.sha256(message.body).hexdigest()
    return Proof(delivery_id[:128], message.headers.get("x-wc-webhook-topic", "order.updated"))
