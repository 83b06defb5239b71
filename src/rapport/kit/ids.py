"""Public ids and secrets: prefixed texts that sort by time and cannot be guessed."""

import secrets
from datetime import datetime
from functools import lru_cache
from os import urandom

from rapport.kit.clock import to_ms

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_MOMENT_SHIFTS = range(45, -1, -5)  # ten characters of milliseconds, five bits each
_ORDINAL_SHIFTS = range(10, -1, -5)  # three characters: the how-many-eth id of its millisecond in this process
_RANDOM_LENGTH = 13
_FIVE_BITS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_MOST_ORDINALS = 1 << 15
_MOST_MOMENTS = 256
_made: dict[
    int, int
] = {}  # ids made of each of the latest moments; two threads that read the same number differ by chance


def new_id(prefix: str, *, at: datetime) -> str:
    """Return a public id such as `agr_01jd…`; ids made later sort later, in one process also within a millisecond."""
    ms = to_ms(at)
    random = urandom(_RANDOM_LENGTH).translate(_FIVE_BITS)
    return f"{prefix}_{_moment(ms)}{_ordinal(_next_of(ms))}{random.decode()}"


def earliest_id(prefix: str, *, at: datetime) -> str:
    """Return what sorts before every id that is made from this moment on, and after every earlier one."""
    return f"{prefix}_{_moment(to_ms(at))}"


def made_ms(public_id: str) -> int:
    """Return the moment that a public id was made at, in milliseconds; -1 for a text that is none."""
    moment = public_id.partition("_")[2][: len(_MOMENT_SHIFTS)]
    if len(moment) != len(_MOMENT_SHIFTS) or not set(moment) <= set(_ALPHABET):
        return -1
    return sum(_ALPHABET.index(letter) << shift for letter, shift in zip(moment, _MOMENT_SHIFTS, strict=True))


def random_token(bytes_: int = 20) -> str:
    """Return a secret for a link or a key as URL-safe text (20 bytes are 27 characters)."""
    return secrets.token_urlsafe(bytes_)


def random_code(length: int = 7) -> str:
    """Return a short lower-case code for a link, free of look-alike letters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@lru_cache(maxsize=64)
def _moment(at_ms: int) -> str:
    """Write 48 bits of milliseconds; the ids of one act share them, and an order alone makes a dozen."""
    return "".join([_ALPHABET[(at_ms >> shift) % len(_ALPHABET)] for shift in _MOMENT_SHIFTS])


def _next_of(at_ms: int) -> int:
    """Return how many ids this process made of this millisecond so far."""
    made = _made.get(at_ms, 0)
    if not made and len(_made) >= _MOST_MOMENTS:
        _made.clear()
    _made[at_ms] = made + 1
    return min(made, _MOST_ORDINALS - 1)


@lru_cache(maxsize=1024)
def _ordinal(made: int) -> str:
    """Write fifteen bits of a number."""
    return "".join([_ALPHABET[(made >> shift) % len(_ALPHABET)] for shift in _ORDINAL_SHIFTS])
