"""Public ids and secrets: prefixed texts that sort by time and cannot be guessed."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import count
from os import urandom

from rapport.kit.clock import to_ms

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_MOMENT_SHIFTS = range(45, -1, -5)  # ten characters of milliseconds, five bits each
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_RANDOM_LENGTH = 13
_FIVE_BITS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_MOST_ORDINALS = 1 << 15
_MOST_MOMENTS = 256
_made: dict[int, Iterator[int]] = {}
"""Counts the ids made of each of the latest moments; two threads that begin to count at once differ by chance."""


def new_id(prefix: str, *, at: datetime) -> str:
    """Return a public id such as `agr_01jd…`; ids made later sort later, in one process also within a millisecond."""
    moment, counted = _moment_of(at)
    # Three characters, fifteen bits: the how-many-eth id of its millisecond in this process.
    ordinal = min(next(counted), _MOST_ORDINALS - 1)
    random = urandom(_RANDOM_LENGTH).translate(_FIVE_BITS).decode()
    return f"{prefix}_{moment}{_ALPHABET[ordinal >> 10]}{_PAIRS[ordinal & 1023]}{random}"


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
def _moment_of(at: datetime) -> tuple[str, Iterator[int]]:
    """Return how a moment is written, and what counts its ids; those of one act share it, an order alone makes ten."""
    ms = to_ms(at)
    if ms not in _made and len(_made) >= _MOST_MOMENTS:
        _made.clear()
        _moment_of.cache_clear()
    return _moment(ms), _made.setdefault(ms, count())


def _moment(at_ms: int) -> str:
    """Write 48 bits of milliseconds."""
    return "".join([_ALPHABET[(at_ms >> shift) % len(_ALPHABET)] for shift in _MOMENT_SHIFTS])
