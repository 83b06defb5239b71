"""Reads when a click id was minted, without its key: enough to know where in the lake to look, and proof of nothing."""

from base64 import urlsafe_b64decode
from binascii import Error

from rapport.wire.clickid import TEXT_LENGTH

_TAIL = slice(13, None)  # random bytes and signature, which the lake keeps as they are
_MOMENT = slice(2, 8)  # the place of the milliseconds in the capsule, see `rapport.wire.clickid`


def minted_ms(click_id: str) -> int | None:
    """Return the moment that a click id names, None for a text that is none."""
    if len(click_id) != TEXT_LENGTH or not click_id.isascii():
        return None
    try:
        return int.from_bytes(urlsafe_b64decode(click_id)[_MOMENT], "big")
    except Error:
        return None


def tails_of(click_id: str) -> list[bytes]:
    """Return what the lake may have kept of a click id that `minted_ms` can read: its last bytes, or its text."""
    return [urlsafe_b64decode(click_id)[_TAIL], click_id.encode("ascii")]
