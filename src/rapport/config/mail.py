"""Turns a mail server address into Django's mail settings."""

from typing import Any
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT_S = 20


OUTBOX = "rapport.apps.delivery.backend.OutboxBackend"


def mail_settings(url: str | None) -> dict[str, Any]:
    """Return Django's ``EMAIL_…`` settings. All mail goes through the outbox; without a server it stays there.

    Raises ValueError, with a sentence for the operator, when the address cannot be used.
    """
    if url is None:
        return {"EMAIL_BACKEND": OUTBOX, "EMAIL_HOST": ""}
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        message = "smtp_url must look like smtp://user:password@host:587 or smtps://user:password@host:465"
        raise ValueError(message)
    return {
        "EMAIL_BACKEND": OUTBOX,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or DEFAULT_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        # A server on this machine (a relay, a test peer) seldom speaks TLS; a distant one must.
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1", "::1"},
        "EMAIL_TIMEOUT": TIMEOUT_S,
    }
