"""The chain: each entry of a book sealed together with all entries before it, so that no change can hide."""

import hashlib
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

    The bytes are lines of UTF-8 joined by a line feed: "rapport entry 1", the previous digest (`GENESIS` before the
    first entry), the fields of `SealedEntry` in order up to the mirrored entry, and the seven fields of each
    `SealedPosting`. Numbers are plain decimals, the moment is UTC like 2026-01-31T09:30:00.000000+00:00. No field may
    hold a line feed (ValueError), so no two entries have the same lines.
    """
    lines = [
        _FORMAT,
        previous_digest,
        entry.book_id,
        str(entry.number),
        entry.id,
        entry.kind,
        entry.booked_at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.subject,
        entry.reason,
        entry.actor_kind,
        entry.actor_id,
        entry.mirrors_id,
    ]
    for posting in entry.postings:
        lines += (*posting[:5], str(posting.amount_minor), posting.memo)
    text = "\n".join(lines)
    if text.count("\n") != len(lines) - 1:
        raise ValueError(f"entry {entry.id!r} holds a line feed and cannot be sealed")
    return hashlib.sha256(text.encode()).hexdigest()
