"""What the edge says: redirects, small pages and JSON, rendered as bytes of HTTP/1.1."""

import base64
import hashlib
import json
from http import HTTPStatus

import msgspec

_NO_STORE = b"cache-control: no-store\r\n"
# The merchant's shop learns which site the visitor came from, never the page; as browsers do when nothing is said.
_REDIRECT_HEADERS = (
    _NO_STORE + b"referrer-policy: strict-origin-when-cross-origin\r\nx-robots-tag: noindex, nofollow\r\n"
)

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
CONTINUE = _STATUS_LINES[100] + b"\r\n"

_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f7f5f0;color:#1c2430;"
    "font:17px/1.5 system-ui,sans-serif}main{max-width:30rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}"
    "p{margin:0}@media(prefers-color-scheme:dark){body{background:#131a24;color:#e8e6df}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE_HEADERS = (
    _NO_STORE + b"content-type: text/html; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
    b"x-robots-tag: noindex\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + _STYLE_HASH.encode()
    + b"'\r\n"
)


class Answer(msgspec.Struct, frozen=True):
    """A response before it meets its connection: `headers` are whole lines, each with its line end."""

    status: int
    headers: bytes = _NO_STORE
    body: bytes = b""
    close: bool = False


def render(answer: Answer, *, head: bool, connection: bytes, date: bytes) -> bytes:
    """Return the bytes of an answer; `connection` and `date` are header lines; a HEAD request gets no body."""
    return b"%b%bcontent-length: %d\r\n%b%b\r\n%b" % (
        _STATUS_LINES[answer.status],
        answer.headers,
        len(answer.body),
        date,
        connection,
        b"" if head else answer.body,
    )


def redirect(location: str, *, cookie: str | None = None) -> Answer:
    """Lead the visitor on; `location` is ASCII without control characters, `cookie` a whole `Set-Cookie` value."""
    headers = b"location: %b\r\n%b" % (location.encode("ascii"), _REDIRECT_HEADERS)
    if cookie is not None:
        headers += b"set-cookie: %b\r\n" % cookie.encode("ascii")
    return Answer(302, headers)


def page(status: int, title: str, sentence: str) -> Answer:
    """Show a small page; the texts are our own and hold no markup."""
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>"
    )
    return Answer(status, _PAGE_HEADERS, html.encode())


def not_found() -> Answer:
    """Say that there is nothing at this address."""
    return page(404, "Nothing here", "This address does not lead anywhere. Please check it for a typing mistake.")


def resting() -> Answer:
    """Say kindly that a link is resting, for a program that named no page of its own."""
    return page(
        200, "This offer is resting", "The link still exists, but the offer behind it is not open at the moment."
    )


def method_not_allowed(allowed: str) -> Answer:
    """Say which methods an address knows."""
    return Answer(405, _NO_STORE + b"allow: %b\r\n" % allowed.encode("ascii"))


def text(status: int, body: str, *, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """Answer with a text for machines."""
    return Answer(status, _NO_STORE + b"content-type: %b\r\n" % content_type.encode("ascii"), body.encode())


def data(status: int, document: dict[str, object]) -> Answer:
    """Answer with a JSON document."""
    return text(status, json.dumps(document), content_type="application/json")


def problem(status: int, detail: str, *, field: str | None = None) -> Answer:
    """Refuse with a problem document (RFC 9457); `field` names what the sender has to change."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if field is not None:
        document["errors"] = [{"field": field, "message": detail}]
    return text(status, json.dumps(document), content_type="application/problem+json")


def unreadable(status: int) -> Answer:
    """Refuse bytes that are no request we serve, and end the connection."""
    refused = problem(status, "This request cannot be read, or is larger than allowed.")
    return msgspec.structs.replace(refused, close=True)
