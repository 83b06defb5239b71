"""Signatures as most shops make them: HMAC-SHA256 over the raw bytes, compared in constant time."""

import hashlib
import hmac
from base64 import b64encode


def hex_signature(secret: str, signed: bytes) -> str:
    """Return the signature as hex digits."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def base64_signature(secret: str, signed: bytes) -> str:
    """Return the signature as Base64."""
    return b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def fits(given: str, own: str) -> bool:
    """Say whether a signature is the right one, in a time that tells nothing about where it differs."""
    return hmac.compare_digest(given.strip().encode("utf-8", "replace"), own.encode())
