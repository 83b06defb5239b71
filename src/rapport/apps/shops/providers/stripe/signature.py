"""How Stripe signs: a moment and HMACs over it and the raw body, in one header."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.providers.protocol import Message, Proof
from rapport.apps.shops.providers.reading import needed, payload_of
from rapport.apps.shops.providers.signing import fits, hex_signature

TOLERANCE = timedelta(minutes=5)


def prove(message: Message, secret: str, settings: Mapping[str, Any]) -> Proof:
    """Return what a message proves, or raise `NotProven`: an old one that is sent again proves nothing."""
    del settings
    pairs = [part.partition("=") for part in message.headers.get("stripe-signature", "").split(",")]
    sent = next((value for name, _is, value in pairs if name.strip() == "t"), "")
    given = [value for name, _is, value in pairs if name.strip() == "v1"]
    own = hex_signature(secret, sent.encode() + b"." + message.body)
    if not secret or not any(fits(one, own) for one in given) or not _is_fresh(sent, at=message.at):
        raise NotProven
    event = payload_of(message.body)
    return Proof(needed(event.get("id"), "id"), needed(event.get("type"), "type"))


def signed(body: bytes, *, secret: str, at: datetime) -> str:
    """Return the header that proves a body, as Stripe would write it."""
    sent = str(int(at.timestamp()))
    return f"t={sent},v1={hex_signature(secret, sent.encode() + b'.' + body)}"


def _is_fresh(sent: str, *, at: datetime) -> bool:
    if not (sent.isascii() and sent.isdigit() and len(sent) <= len("9999999999")):
        return False
    return abs(at.timestamp() - int(sent)) <= TOLERANCE.total_seconds()
