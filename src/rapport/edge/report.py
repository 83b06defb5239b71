"""Reading a postback: query, form or JSON into fields, strictly, without guessing what they mean."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from rapport.edge.reasons import Refusal
from rapport.edge.request import Request

_MOST_FIELDS = 100
_LONGEST_VALUE = 2_000
_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,64}", re.ASCII)
TOKEN_NAMES = ("token", "verification_token", "security_token", "secure")
"""Ours, and what other systems call it: a shop that changes to us changes the value and keeps the name."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class PostbackRefused(Exception):
    """A postback is not taken; the sentence says what to change, `field` where."""

    def __init__(self, reason: Refusal, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Report:
    """What a sender said: fields as texts, and the JSON text when that is how it came."""

    params: dict[str, str]
    content_type: str
    body: str | None


def read(request: Request, *, body_only: bool = False) -> Report:
    """Return the fields of a postback; `body_only` leaves the query out, which a signature does not cover.

    Raises:
        PostbackRefused: something cannot be read, or is too large.
    """
    pairs = [] if body_only else _pairs(request.query, "query")
    content_type = request.header(b"content-type").partition(";")[0].strip().lower()
    body = None
    if request.method == "POST" and request.body:
        if content_type == "application/json" or content_type.endswith("+json"):
            body = _text(request.body)
            pairs += _json_pairs(body)
        elif content_type in {"", "application/x-www-form-urlencoded"}:
            pairs += _pairs(_text(request.body), "body")
        else:
            raise _unreadable("Send a form or JSON; this content type is not read.", "content-type")
    return Report(params=_checked(pairs), content_type=content_type, body=body)


def _pairs(text: str, place: str) -> list[tuple[str, str]]:
    return [_pair(piece, place) for piece in text.split("&") if piece]


def _pair(piece: str, place: str) -> tuple[str, str]:
    name, _, value = piece.replace("+", " ").partition("=")
    try:
        return unquote_to_bytes(name).decode(), unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise _unreadable(f"The {place} is not UTF-8.", place) from None


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _unreadable("The body is not UTF-8.", "body") from None


def _json_pairs(text: str) -> list[tuple[str, str]]:
    """Return the plain fields of a JSON object; numbers as written, so that no amount passes through a float."""
    try:
        document = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except (ValueError, RecursionError):
        raise _unreadable("The body is not valid JSON, or names a field twice.", "body") from None
    if not isinstance(document, dict):
        raise _unreadable("The body must be one JSON object.", "body")
    if "\\u0000" in text:
        raise _unreadable("The body holds a null character.", "body")
    told = next((name for name in TOKEN_NAMES if name in document), None)
    if told is not None:  # the body is stored as it came, and a secret must not be
        raise _unreadable("Send the token in the query or in the header `Authorization: Bearer …`.", told)
    return [(name, _plain(value)) for name, value in document.items() if isinstance(value, str | bool)]


def _plain(value: str | bool) -> str:  # noqa: FBT001 - a JSON value, not a switch
    return value if isinstance(value, str) else str(value).lower()


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a field is named twice")
    return document


def _checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    params: dict[str, str] = {}
    for name, value in pairs:
        if not _NAME.fullmatch(name):
            raise _unreadable(
                "A field has a name that is not read: letters, digits, _ . - [ ] and at most 64.", name[:64]
            )
        if name in params:
            raise _unreadable("This field is given twice.", name)
        if len(value) > _LONGEST_VALUE:
            raise _unreadable(f"This field is longer than {_LONGEST_VALUE} characters.", name)
        if _CONTROL.search(value):
            raise _unreadable("This field holds control characters.", name)
        params[name] = value
    if len(params) > _MOST_FIELDS:
        raise _unreadable(f"There are more than {_MOST_FIELDS} fields.", "body")
    return params


def _unreadable(sentence: str, field: str) -> PostbackRefused:
    return PostbackRefused(Refusal.UNREADABLE, sentence, field=field)
