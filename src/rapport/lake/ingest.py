"""Carries sealed journal segments into the tables of clicks and receipts, exactly once, whatever is killed when.

A round takes the segments behind the table's position, some at a time, and commits their clicks together with the new
position. A kill before the commit leaves data files that no commit names, which no question ever reads; a kill after
it leaves a position that is past the segments.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from rapport.lake.arrivals import REPEAT_MS, Arrivals
from rapport.lake.closing import oldest_kept
from rapport.lake.days import MS_IN_DAY, day_number, utc_day
from rapport.lake.durability import settle
from rapport.lake.networks import load_networks
from rapport.lake.position import segment_number, unread_segments
from rapport.lake.receipts import keep_receipts
from rapport.lake.table import Overtaken, append, open_clicks, position_of
from rapport.lake.visitors import Visitors

_SEGMENTS_AT_ONCE = 256
_TRIES = 5  # a day that is sorted, or a visitor that is erased, in the same moment refuses an append now and then
_BYTES_AT_ONCE = 64 * 1024 * 1024  # of journal in one commit; of a backlog two such groups are held at once


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one round carried over: clicks and impressions; `damaged` lines failed their checksum and hold no event."""

    segments: int = 0
    clicks: int = 0
    damaged: int = 0


def ingest(*, journal: Path, lake: Path, now_ms: int, limit_segments: int | None = None) -> Ingested:
    """Carry what the journal has sealed into the lake, at most `limit_segments` of it, and return how much it was.

    Two ingests at once do no harm: the one that commits second carries nothing over. When this returns, what it
    carried is on the disk, not only in the machine's memory.
    """
    settle(lake)
    unread = unread_segments(journal=journal, lake=lake)[:limit_segments]
    if not unread:
        return Ingested()
    open_clicks(lake)
    visitors = Visitors(lake, networks=load_networks(lake.parent / "networks"))
    oldest_ms = day_number(oldest_kept(now_ms=now_ms)) * MS_IN_DAY
    total = Ingested()
    for segments, arrivals in _read_ahead(_groups(unread), lake=lake, visitors=visitors, oldest_ms=oldest_ms):
        try:
            with closing(arrivals):
                carried = _carry_over(segments, lake=lake, arrivals=arrivals, oldest_ms=oldest_ms, now_ms=now_ms)
        except Overtaken:
            break
        total = _sum(total, carried)
    settle(lake)
    return total


Group = list[Path]


def _read_ahead(
    groups: Iterable[Group], *, lake: Path, visitors: Visitors, oldest_ms: int
) -> Iterator[tuple[Group, Arrivals]]:
    """Yield each group of segments with what arrived in it; the next is read while the caller appends this one.

    Nearly all of both is done where other threads may work too, so that a backlog keeps two cores busy.
    """

    def read(segments: Group) -> tuple[Group, Arrivals]:
        arrivals = Arrivals(workshop=lake, visitors=visitors)
        arrivals.read(segments, oldest_ms=oldest_ms)
        return segments, arrivals

    with ThreadPoolExecutor(max_workers=1) as reader:
        coming: Future[tuple[Group, Arrivals]] | None = None
        for segments in groups:
            ready, coming = coming, reader.submit(read, segments)
            if ready:
                yield ready.result()
        if coming:
            yield coming.result()


def _carry_over(segments: Group, *, lake: Path, arrivals: Arrivals, oldest_ms: int, now_ms: int) -> Ingested:
    keep_receipts(arrivals.postbacks, lake=lake, visitors=arrivals.visitors, oldest_ms=oldest_ms, now_ms=now_ms)
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            _append(segments, lake=lake, arrivals=arrivals, now_ms=now_ms)
            break
        except CommitFailedError:
            if not tries_left:
                raise
    return Ingested(segments=len(segments), clicks=arrivals.clicks, damaged=arrivals.damaged)


def _append(segments: Group, *, lake: Path, arrivals: Arrivals, now_ms: int) -> None:
    table = open_clicks(lake)
    if segment_number(segments[0]) <= position_of(table):
        raise Overtaken  # since the segments were listed; the snapshot that is appended to must not hold them
    recent = _recent_files(table, arrivals=arrivals)
    rows = None if recent is None else arrivals.rows(recent_files=recent)
    append(table, rows=rows, position=segment_number(segments[-1]), now_ms=now_ms)


def _recent_files(table: DeltaTable, *, arrivals: Arrivals) -> list[str] | None:
    """Return the files that may hold clicks of the seconds before those that arrived; None when none arrived."""
    span = arrivals.span()
    if span is None:
        return None
    first, last = span
    return table.file_uris(
        file_pruning_predicate=[
            ("day", ">=", utc_day((first - REPEAT_MS) // MS_IN_DAY)),
            ("day", "<=", utc_day(last // MS_IN_DAY)),
            ("at_ms", ">=", first - REPEAT_MS),
            ("at_ms", "<=", last),
        ]
    )


def _groups(segments: list[Path]) -> Iterator[Group]:
    """Yield the segments in groups that fit one commit."""
    group: Group = []
    size = 0
    for path in segments:
        size += path.stat().st_size
        if group and (size > _BYTES_AT_ONCE or len(group) == _SEGMENTS_AT_ONCE):
            yield group
            group, size = [], path.stat().st_size
        group.append(path)
    if group:
        yield group


def _sum(one: Ingested, other: Ingested) -> Ingested:
    return Ingested(
        segments=one.segments + other.segments,
        clicks=one.clicks + other.clicks,
        damaged=one.damaged + other.damaged,
    )
