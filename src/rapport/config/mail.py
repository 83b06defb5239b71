"""Reads the address of a mail server."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
# A server on this machine (a relay, a test peer) seldom speaks TLS; a distant one must.
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over; without a host they stay in the outbox."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    is_tls_from_start: bool = False
    is_tls_on_request: bool = False

    @classmethod
    def from_url(cls, url: str | None) -> Self:
        """Read `smtp://user:password@host:587` or `smtps://…`; None means that there is no server.

        Raises ValueError, with a sentence for the operator, when the address cannot be used.
        """
        if url is None:
            return cls()
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            message = "smtp_url must look like smtp://user:password@host:587 or smtps://user:password@host:465"
            raise ValueError(message)
        return cls(
            host=parts.hostname,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls_from_start=parts.scheme == "smtps",
            is_tls_on_request=parts.scheme == "smtp" and parts.hostname not in THIS_MACHINE,
        )
