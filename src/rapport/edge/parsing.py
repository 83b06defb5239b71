"""Bytes of a connection to requests: HTTP/1.0 and 1.1 by llhttp, strictly, within limits."""

import re

import httptools

from rapport.edge.caller import Networks, caller
from rapport.edge.request import Request
from rapport.edge.settings import Limits

BAD_REQUEST = 400
TOO_LARGE = 413
TARGET_TOO_LONG = 414
HEADERS_TOO_LARGE = 431

# Two of these in one request, or two meanings of one, let a proxy in front see other requests than we do.
_ONCE = frozenset({b"host", b"content-length", b"transfer-encoding"})
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class Refused(Exception):
    """The bytes are no request we serve; answer with `status` and close."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestParser:
    """Collects the requests of one connection. httptools calls the `on_…` methods while `feed` runs."""

    def __init__(self, *, address: str, limits: Limits, trusted: Networks = ()) -> None:
        self.begun = False  # some bytes of a request have come and some are missing
        self.wants_continue = False
        self._address = address
        self._trusted = trusted
        self._limits = limits
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Request] = []
        self._refused: Refused | None = None
        self._reset()

    def feed(self, data: bytes) -> list[Request]:
        """Return the requests that these bytes complete.

        Raises:
            Refused: what follows the returned requests cannot be read; `take` them first, then answer.
        """
        self.wants_continue = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # an offer to speak another protocol may be left alone; the request itself is answered
        except httptools.HttpParserError as error:
            self._refused = self._refused or Refused(BAD_REQUEST)
            raise self._refused from error
        return self.take()

    def take(self) -> list[Request]:
        """Return the complete requests that were not taken yet."""
        complete, self._complete = self._complete, []
        return complete

    def on_message_begin(self) -> None:
        """Start a request."""
        self._reset()
        self.begun = True

    def on_url(self, part: bytes) -> None:
        """Collect the request's target."""
        self._target += part
        if len(self._target) > self._limits.target_bytes:
            raise self._refuse(TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect one header; a repeated one is joined to the first."""
        name = name.lower()
        self._header_bytes += len(name) + len(value)
        self._header_count += 1
        if self._header_bytes > self._limits.header_bytes or self._header_count > self._limits.headers:
            raise self._refuse(HEADERS_TOO_LARGE)
        if name in self._headers:
            if name in _ONCE:
                raise self._refuse(BAD_REQUEST)
            value = self._headers[name] + (b"; " if name == b"cookie" else b", ") + value
        self._headers[name] = value

    def on_headers_complete(self) -> None:
        """Refuse what is ambiguous or too large before its body comes."""
        headers, version = self._headers, self._parser.get_http_version()
        if version not in {"1.0", "1.1"} or (version == "1.1" and b"host" not in headers):
            raise self._refuse(BAD_REQUEST)
        if b"transfer-encoding" in headers and (
            version == "1.0" or b"content-length" in headers or headers[b"transfer-encoding"].lower() != b"chunked"
        ):
            raise self._refuse(BAD_REQUEST)
        if int(headers.get(b"content-length", b"0")) > self._limits.body_bytes:
            raise self._refuse(TOO_LARGE)
        self.wants_continue = headers.get(b"expect", b"").lower() == b"100-continue"

    def on_body(self, part: bytes) -> None:
        """Collect a piece of the body."""
        self._body += part
        if len(self._body) > self._limits.body_bytes:
            raise self._refuse(TOO_LARGE)

    def on_message_complete(self) -> None:
        """Make the request a value."""
        self.begun = self.wants_continue = False
        path, _, query = self._origin_form().partition("?")
        self._complete.append(
            Request(
                method=self._parser.get_method().decode("ascii"),
                path=path,
                query=query,
                headers=self._headers,
                body=bytes(self._body),
                address=self._caller() if self._trusted else self._address,
                keep_alive=self._parser.should_keep_alive() and not self._parser.should_upgrade(),
                http_1_0=self._parser.get_http_version() == "1.0",
            )
        )

    def _caller(self) -> str:
        forwarded = self._headers.get(b"x-forwarded-for", b"").decode("latin-1")
        return caller(self._address, forwarded=forwarded, trusted=self._trusted)

    def _origin_form(self) -> str:
        """Return path and query, also of a target sent with scheme and host as to a proxy."""
        target = self._target.decode("utf-8", "replace").partition("#")[0]
        if not target.startswith("/"):
            target, replaced = _ABSOLUTE.subn("", target, count=1)
            if not replaced or not target.startswith("/"):
                raise self._refuse(BAD_REQUEST)
        return target

    def _refuse(self, status: int) -> Refused:
        self._refused = Refused(status)
        return self._refused

    def _reset(self) -> None:
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = self._header_count = 0
        self._body = bytearray()
