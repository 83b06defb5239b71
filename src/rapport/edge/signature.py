"""Checking a signed postback: Standard Webhooks, headers `webhook-id`, `webhook-timestamp`, `webhook-signature`."""

import hmac
from base64 import b64encode
from collections.abc import Iterable

from rapport.edge.request import Request

TOLERANCE_SECONDS = 300

_LONGEST_ID = 255


def is_signed(request: Request) -> bool:
    """Say whether a request claims to be signed."""
    return b"webhook-signature" in request.headers


def verify(request: Request, *, secrets: Iterable[bytes], at_ms: int) -> str | None:
    """Return the message id if one of the secrets signed this body within the last five minutes, else nothing."""
    message_id = request.headers.get(b"webhook-id", b"")
    timestamp = request.headers.get(b"webhook-timestamp", b"")
    if not message_id or len(message_id) > _LONGEST_ID or not _is_recent(timestamp, at_ms):
        return None
    signed = b"%b.%b.%b" % (message_id, timestamp, request.body)
    given = request.headers[b"webhook-signature"].split()
    expected = [b"v1," + b64encode(hmac.digest(secret, signed, "sha256")) for secret in secrets]
    # Every pair is compared, so that the time taken tells nothing about which one came close.
    matches = [hmac.compare_digest(one, other) for one in given for other in expected]
    return message_id.decode("utf-8", "replace") if any(matches) else None


def _is_recent(timestamp: bytes, at_ms: int) -> bool:
    if not timestamp.isdigit() or len(timestamp) > 12:  # noqa: PLR2004 - twelve digits of seconds last 30,000 years
        return False
    return abs(at_ms - int(timestamp) * 1_000) <= TOLERANCE_SECONDS * 1_000
