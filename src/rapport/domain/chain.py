"""The chain: each entry of a book sealed together with all entries before it, so that no change can hide."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Final, NamedTuple

GENESIS: Final = "0" * 64
"""The digest before a book's first entry."""

_FORMAT: Final = "rapport entry 1"


class SealedPosting(NamedTuple):
    """A posting as it is sealed, in this order of fields.

    Accounts stand here by what they are rather than by their ids: an account that changed its owner, its kind or its
    currency would break the chain.
    """

    source_kind: str
    source_owner: str
    destination_kind: str
    destination_owner: str
    currency: str
    amount_minor: int
    memo: str


class SealedEntry(NamedTuple):
    """An entry as it is sealed, in this order of fields: everything stored of it but its own digest."""

    book_id: str
    number: int
    id: str
    kind: str
    booked_at: datetime
    subject: str
    reason: str
    actor_kind: str
    actor_id: str
    mirrors_id: str
    postings: tuple[SealedPosting, ...]


def entry_digest(previous_digest: str, entry: SealedEntry) -> str:
    """Return the hex SHA-256 that seals an entry and, through the digest before it, all earlier ones of its book.

    The bytes are the 32 of the previous digest (`GENESIS` before the first entry), then one JSON array in UTF-8,
    without spaces and with no escapes but those that JSON demands: "rapport entry 1", then the fields of
    `SealedEntry` in order. A moment is UTC text to the microsecond, 2026-01-31T09:30:00.000000Z; the postings are an
    array of arrays, each with the fields of `SealedPosting` in order.
    """
    sealed = _ENCODER.encode((_FORMAT, *entry))
    return hashlib.sha256(bytes.fromhex(previous_digest) + sealed.encode()).hexdigest()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_moment)
