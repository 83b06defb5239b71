"""The click id: a signed capsule that says when, through which link and under which marks a visitor came.

Twenty-four bytes, written as 32 base64url characters without padding::

    byte   0        format (3 high bits) and marks (5 low bits)
    byte   1        number of the key that signed it
    bytes  2 - 7    moment of the click, milliseconds since 1970, big-endian
    bytes  8 - 12   number of the link, big-endian
    bytes 13 - 16   random, so that two clicks of one millisecond differ
    bytes 17 - 23   the first 7 bytes of BLAKE2b-128 over bytes 0 - 16, keyed

The capsule names a link and a link belongs to one program for ever, so an id of one program that is reported to
another is recognised by following its link; the signature needs to know nothing of programs.
"""

import re
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from hashlib import blake2b
from hmac import compare_digest

TEXT_LENGTH = 32
RANDOM_BYTES = 4
HIGHEST_LINK_NUMBER = 2**40 - 1
HIGHEST_KEY_NUMBER = 255

_FORMAT = 1
_MARK_BITS = 5
_MARK_MASK = 2**_MARK_BITS - 1
_SIGNED_BYTES = 17
_MAC_BYTES = 7
# 16 is the shortest BLAKE2b digest that libsodium makes, so readers in other languages can follow; keyed BLAKE2b costs
# a third of HMAC-SHA256 here, and this is paid for every click.
_DIGEST_BYTES = 16
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_TEXT = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


class Mark(IntFlag):
    """What the edge saw of a visit; carried inside the click id, so nobody can drop it on the way."""

    VIEW = 1
    BOT = 2
    FRAMED = 4  # framed, embedded as an image, or prefetched: nobody chose to come
    NO_CONSENT = 8
    TEST = 16


class Refusal(StrEnum):
    """Why a text is no click id of ours."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key: its number (0 to 255), 16 to 64 secret bytes, and whether its ids have lost our trust."""

    number: int
    secret: bytes = field(repr=False)
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class ClickId:
    """A click id whose signature holds; `revoked_key` ids count only if the lake knows the click."""

    text: str
    at_ms: int
    link_number: int
    marks: Mark
    key_number: int
    revoked_key: bool


def mint(*, key: Key, at_ms: int, link_number: int, marks: int, random: bytes) -> str:
    """Return a new click id; `marks` are of `Mark`, `random` is four bytes that nobody can foresee.

    Raises:
        OverflowError: the key number, the moment or the link number does not fit its place.
        ValueError: `random` is not four bytes long.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"a click id takes {RANDOM_BYTES} random bytes, not {len(random)}")
    what = bytes((_FORMAT << _MARK_BITS | marks,)) + key.number.to_bytes(1, "big")
    signed = what + at_ms.to_bytes(6, "big") + link_number.to_bytes(5, "big") + random
    return b2a_base64(signed + _mac(signed, key), newline=False).translate(_URL_SAFE).decode("ascii")


def read(text: str, *, keys: Mapping[int, Key]) -> ClickId | Refusal:
    """Return what a click id says, or why it is none of ours; `keys` by number, revoked ones included."""
    if not _TEXT.fullmatch(text):
        return Refusal.MALFORMED
    raw = urlsafe_b64decode(text)
    signed, mac = raw[:_SIGNED_BYTES], raw[_SIGNED_BYTES:]
    if signed[0] >> _MARK_BITS != _FORMAT:
        return Refusal.MALFORMED
    key = keys.get(signed[1])
    if key is None:
        return Refusal.UNKNOWN_KEY
    if not compare_digest(mac, _mac(signed, key)):
        return Refusal.FORGED
    return ClickId(
        text=text,
        at_ms=int.from_bytes(signed[2:8], "big"),
        link_number=int.from_bytes(signed[8:13], "big"),
        marks=Mark(signed[0] & _MARK_MASK),
        key_number=key.number,
        revoked_key=key.revoked,
    )


def key_number(text: str) -> int | None:
    """Return the number of the key that claims to have signed this, unchecked; nothing for what is no click id."""
    return urlsafe_b64decode(text)[1] if _TEXT.fullmatch(text) else None


def _mac(signed: bytes, key: Key) -> bytes:
    return blake2b(signed, key=key.secret, digest_size=_DIGEST_BYTES).digest()[:_MAC_BYTES]
