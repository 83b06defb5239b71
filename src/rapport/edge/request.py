"""One request, parsed and within limits: the value that every later step reads.

What is made anew for every request is a msgspec struct: a frozen dataclass takes six times as long to make.
"""

from urllib.parse import unquote_plus

import msgspec


class Request(msgspec.Struct, frozen=True):
    """What a caller asked for. Header names are lower-case bytes; `path` and `query` are as sent, still escaped."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    address: str
    keep_alive: bool
    http_1_0: bool = False

    def header(self, name: bytes) -> str:
        """Return a header as text, empty if it was not sent; bytes that are no UTF-8 become question marks."""
        return self.headers.get(name, b"").decode("utf-8", "replace")


def fields(query: str) -> dict[str, str]:
    """Return the fields of a query, decoded without complaint; of a repeated field the first counts."""
    found: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name:
            found.setdefault(_decode(name), _decode(value))
    return found


def clean(text: str, limit: int) -> str:
    """Return at most `limit` characters with every control character and line end turned into a space."""
    text = text[:limit]
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _decode(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text
