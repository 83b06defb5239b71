"""The visitor's memory: one cookie per program with the last eight click ids, newest first."""

import re

KEPT_CLICKS = 8

_SEPARATOR = "."
_CLICK_ID = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


def name_for(program_id: str) -> str:
    """Return the name of a program's cookie."""
    return f"rapport_{program_id}"


def parse(value: str) -> tuple[str, ...]:
    """Return the click ids in a cookie's value, newest first; whatever cannot be one is left out.

    The visitor may have written anything here: the ids look right but are still to be verified.
    """
    ids = dict.fromkeys(piece for piece in value.split(_SEPARATOR) if _CLICK_ID.fullmatch(piece))
    return tuple(ids)[:KEPT_CLICKS]


def append(value: str, click_id: str) -> str:
    """Return the cookie's value with one more click; the oldest of more than eight is forgotten."""
    return _SEPARATOR.join((click_id, *(known for known in parse(value) if known != click_id))[:KEPT_CLICKS])


def find_all(header: str, name: str) -> list[str]:
    """Return the values of every cookie of this name in a `Cookie` request header, in their order."""
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return [value.strip('"') for key, _, value in pairs if key == name]


def find(header: str, name: str) -> str:
    """Return the value of one cookie in a `Cookie` request header, or an empty text."""
    for pair in header.split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            return value.strip('"')
    return ""
