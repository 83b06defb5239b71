"""Links through the audit: rows are tied into a chain a little after they were written, so that no action waits."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db import connection

from rapport.apps.record.errors import Unreadable
from rapport.apps.record.models import AuditLink, LinkedAuditRow
from rapport.apps.record.vault import open_cell, seal_cell
from rapport.apps.record.write import insert_rows, transaction
from rapport.kit.ids import earliest_id

GENESIS: Final = "0" * 64
"""The digest before the first link."""

AT_ONCE: Final = 500
"""Rows of one link: what is written in one short transaction."""

_FORMAT: Final = "rapport audit link 1"

_UNLINKED = """
SELECT id, digest FROM record_auditrow AS written
WHERE id > %s AND NOT EXISTS (SELECT 1 FROM record_linkedauditrow AS linked WHERE linked.audit_id = written.id)
ORDER BY id LIMIT %s
"""
_OF_LINK = """
SELECT linked.audit_id, written.digest FROM record_linkedauditrow AS linked
LEFT JOIN record_auditrow AS written ON written.id = linked.audit_id
WHERE linked.link_id = %s ORDER BY linked.audit_id
"""


class Linked(NamedTuple):
    """An audit row as a link holds it; without a digest the row is gone."""

    audit_id: str
    digest: str | None


def rows_wait(*, since: datetime | None) -> bool:
    """Say whether an audit row made since then, or ever, is in no link."""
    return bool(_unlinked(after=_start(since), most=1))


def link_rows(*, since: datetime | None, clock: Callable[[], datetime]) -> int:
    """Tie audit rows made since then, or ever, into links; return how many rows.

    What is committed later, or bears an earlier moment, goes into the next link that looks so far back.
    """
    after, linked = _start(since), 0
    while rows := _link_some(after=after, at=clock()):
        after, linked = rows[-1].audit_id, linked + len(rows)
    return linked


def broken_links() -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Look at every link: how many rows it has, and what is wrong, as the link's number and an audit row's id or ""."""
    previous, number = GENESIS, 0
    for link in AuditLink.objects.order_by("number").iterator(100):
        rows = _rows_of(link.number)
        wrong = [(link.number, row.audit_id) for row in rows if row.digest is None]
        found = link_digest(previous, link.number, link.at, [row for row in rows if row.digest is not None])
        is_whole = (link.number, link.rows_count, link.digest) == (number + 1, len(rows), found)
        if not wrong and not (is_whole and _was_sealed(link)):
            wrong = [(link.number, "")]
        yield len(rows), wrong
        previous, number = link.digest, link.number


def link_digest(previous: str, number: int, at: datetime, rows: Sequence[Linked]) -> str:
    """Return the hex SHA-256 that ties these rows to all before them.

    Lines of UTF-8 joined by a line feed: the format, the digest of the link before, the number, the moment in UTC, and
    for each row in the order of their ids the id and the digest over its columns.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    lines = (f"{row.audit_id} {row.digest}" for row in rows)
    return hashlib.sha256("\n".join((_FORMAT, previous, str(number), moment, *lines)).encode()).hexdigest()


def _link_some(*, after: str, at: datetime) -> list[Linked]:
    with transaction():
        rows = _unlinked(after=after, most=AT_ONCE)
        if rows:
            last = AuditLink.objects.order_by("-number").first()
            number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
            digest = link_digest(previous, number, at, rows)
            link = AuditLink(number=number, at=at, rows_count=len(rows), digest=digest)
            # Only who has the vault's keys makes a link that holds: the digest alone has no secret.
            seal_cell(link, "proof", digest)
            link.save(force_insert=True)
            insert_rows([LinkedAuditRow(audit_id=row.audit_id, link=link) for row in rows])
    return rows


def _was_sealed(link: AuditLink) -> bool:
    try:
        return open_cell(link, "proof") == link.digest
    except Unreadable:
        return False


def _unlinked(*, after: str, most: int) -> list[Linked]:
    return _asked(_UNLINKED, (after, most))


def _rows_of(number: int) -> list[Linked]:
    return _asked(_OF_LINK, (number,))


def _asked(statement: str, values: Sequence[str | int]) -> list[Linked]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Linked(*row) for row in cursor.fetchall()]


def _start(since: datetime | None) -> str:
    return earliest_id("aud", at=since) if since else ""
