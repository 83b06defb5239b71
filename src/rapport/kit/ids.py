"""Public ids and secrets: prefixed texts that sort by time and cannot be guessed."""

import secrets
from datetime import datetime

from rapport.kit.clock import to_ms

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_LENGTH = 26  # 48 bits of milliseconds and 80 random bits, five bits a character
_RANDOM_BITS = 80

# Written two characters at a time: an order alone makes a dozen ids.
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_PAIR_BITS = 10
_SHIFTS = range(5 * _LENGTH - _PAIR_BITS, -1, -_PAIR_BITS)


def new_id(prefix: str, *, at: datetime) -> str:
    """Return a public id such as `agr_01jd…`; ids made later sort later."""
    return f"{prefix}_{_encode((to_ms(at) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS))}"


def random_token(bytes_: int = 20) -> str:
    """Return a secret for a link or a key as URL-safe text (20 bytes are 27 characters)."""
    return secrets.token_urlsafe(bytes_)


def random_code(length: int = 7) -> str:
    """Return a short lower-case code for a link, free of look-alike letters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _encode(number: int) -> str:
    return "".join([_PAIRS[(number >> shift) % len(_PAIRS)] for shift in _SHIFTS])
