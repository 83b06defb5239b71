"""How any sender may prove itself: a secret in a header, or an HMAC over the raw body there."""

import hashlib
from collections.abc import Mapping
from typing import Any

from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.providers.json_hook.mapping import at_path, profile_of
from rapport.apps.shops.providers.json_hook.profile import Profile, Signing
from rapport.apps.shops.providers.protocol import Message, Proof
from rapport.apps.shops.providers.reading import payload_of, text
from rapport.apps.shops.providers.signing import base64_signature, fits, hex_signature


def prove(message: Message, secret: str, settings: Mapping[str, Any]) -> Proof:
    """Return what a message proves, or raise `NotProven`."""
    profile = profile_of(settings)
    given = message.headers.get(profile.header.lower(), "").removeprefix("sha256=").removeprefix("Bearer ")
    if not secret or not fits(given, _expected(profile, secret, message.body)):
        raise NotProven
    payload = payload_of(message.body)
    delivery_id = text(at_path(payload, profile.delivery_id)) or hashlib.sha256(message.body).hexdigest()
    return Proof(delivery_id, text(at_path(payload, profile.event), most=80) or "order")


def _expected(profile: Profile, secret: str, body: bytes) -> str:
    match profile.signing:
        case Signing.PASSWORD:
            return secret
        case Signing.HMAC_HEX:
            return hex_signature(secret, body)
        case Signing.HMAC_BASE64:
            return base64_signature(secret, body)
