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
_CHUNKED_TAKES = 8  # times the body's length, in chunks of a byte each and with the ends of their lines
_ABSOLUTE = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


class Refused(Exception):
    """The bytes are no request we serve; answer with `status` and close."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestParser:
    """Collects the requests of one connection. httptools calls the `on_…` methods while `feed` runs."""

    __slots__ = (
        "_address",
        "_body",
        "_complete",
        "_fed",
        "_first_bytes",
        "_head_complete",
        "_headers",
        "_later_bytes",
        "_limits",
        "_pairs",
        "_parser",
        "_refused",
        "_target",
        "_trusted",
        "_version",
        "begun",
        "wants_continue",
    )

    def __init__(self, *, address: str, limits: Limits, trusted: Networks = ()) -> None:
        self.begun = False  # some bytes of a request have come and some are missing
        self.wants_continue = False
        self._address = address
        self._trusted = trusted
        self._limits = limits
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Request] = []
        self._refused: Refused | None = None
        self._fed = 0
        self._headers: dict[bytes, bytes] = {}
        self._version = ""
        self._reset()

    def feed(self, data: bytes) -> list[Request]:
        """Return the requests that these bytes complete.

        Raises:
            Refused: what follows the returned requests cannot be read; `take` them first, then answer.
        """
        self.wants_continue = False
        self._fed = len(data)
        if self.begun:
            self._bound()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # an offer to speak another protocol may be left alone; the request itself is answered
        except httptools.HttpParserError as error:
            self._refused = self._refused or Refused(BAD_REQUEST)
            raise self._refused from error
        return self.take()

    def close(self) -> None:
        """Let go of the parser, which holds us in turn: rings of thousands of callers would stay until collected."""
        del self._parser

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
        """Collect one header."""
        self._pairs.append((name, value))

    def on_headers_complete(self) -> None:
        """Refuse what is ambiguous or too large before its body comes."""
        headers = self._headers = self._joined()
        version = self._version = self._parser.get_http_version()
        self._head_complete = True
        if version not in {"1.0", "1.1"} or (version == "1.1" and b"host" not in headers):
            raise self._refuse(BAD_REQUEST)
        if b"transfer-encoding" in headers and (
            version == "1.0" or b"content-length" in headers or headers[b"transfer-encoding"].lower() != b"chunked"
        ):
            raise self._refuse(BAD_REQUEST)
        if b"content-length" in headers and int(headers[b"content-length"]) > self._limits.body_bytes:
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
        parser = self._parser
        path, _, query = self._origin_form().partition("?")
        self._complete.append(
            Request(
                method=parser.get_method().decode("ascii"),
                path=path,
                query=query,
                headers=self._headers,
                body=bytes(self._body) if self._body else b"",
                address=self._caller() if self._trusted else self._address,
                keep_alive=parser.should_keep_alive() and not parser.should_upgrade(),
                http_1_0=self._version == "1.0",
            )
        )

    def _bound(self) -> None:
        """Refuse a request without end: a header is shown to us when it is whole, an extension of a chunk never."""
        self._later_bytes += self._fed
        limits, head = self._limits, not self._head_complete
        most = limits.target_bytes + 2 * limits.header_bytes + (0 if head else _CHUNKED_TAKES * limits.body_bytes)
        if self._later_bytes > most:
            raise self._refuse(HEADERS_TOO_LARGE if head else TOO_LARGE)

    def _joined(self) -> dict[bytes, bytes]:
        """Return the headers by name, repeated ones joined."""
        pairs, limits = self._pairs, self._limits
        if len(pairs) > limits.headers:
            raise self._refuse(HEADERS_TOO_LARGE)
        might_be_large = self._first_bytes + self._later_bytes > limits.header_bytes  # nearly never
        if might_be_large and sum(len(name) + len(value) for name, value in pairs) > limits.header_bytes:
            raise self._refuse(HEADERS_TOO_LARGE)
        headers = {name.lower(): value for name, value in pairs}
        return headers if len(headers) == len(pairs) else self._with_repeated(pairs)

    def _with_repeated(self, pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
        headers: dict[bytes, bytes] = {}
        for written, value in pairs:
            name = written.lower()
            if name not in headers:
                headers[name] = value
            elif name in _ONCE:
                raise self._refuse(BAD_REQUEST)
            else:
                headers[name] += (b"; " if name == b"cookie" else b", ") + value
        return headers

    def _caller(self) -> str:
        forwarded = self._headers.get(b"x-forwarded-for", b"").decode("latin-1")
        return caller(self._address, forwarded=forwarded, trusted=self._trusted)

    def _origin_form(self) -> str:
        """Return path and query, also of a target sent with scheme and host as to a proxy."""
        target = self._target.decode("utf-8", "replace").partition("#")[0]
        if not target.startswith("/"):
            named = _ABSOLUTE.match(target)
            target = target[named.end() :] if named else ""
            # Told two names, a server must believe this one and many believe the other.
            if named is None or not target.startswith("/") or self._is_another_host(named[1]):
                raise self._refuse(BAD_REQUEST)
        return target

    def _is_another_host(self, named: str) -> bool:
        return named.encode().lower() != self._headers.get(b"host", named.encode()).lower()

    def _refuse(self, status: int) -> Refused:
        self._refused = Refused(status)
        return self._refused

    def _reset(self) -> None:
        self._target = b""
        self._headers = {}
        self._pairs: list[tuple[bytes, bytes]] = []
        self._first_bytes = self._fed  # of the piece that the request began in, and perhaps others ended
        self._later_bytes = 0
        self._head_complete = False
        self._body = bytearray()
