"""Carries sealed journal segments into the clicks table, exactly once, whatever is killed when.

A round takes the segments behind the table's position, some at a time, and commits their clicks together with the new
position. A kill before the commit leaves data files that no commit names, which no question ever reads; a kill after
it leaves a position that is past the segments.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rapport.lake.columns import batch_of
from rapport.lake.durability import settle
from rapport.lake.position import segment_number, unread_segments
from rapport.lake.table import Overtaken, append, open_clicks, position_of
from rapport.lake.visitors import Visitors
from rapport.wire.events import ClickEvent
from rapport.wire.journal import read_segment

_ROWS_AT_ONCE = 16_384
_SEGMENTS_AT_ONCE = 256
_BYTES_AT_ONCE = 64 * 1024 * 1024  # of journal in one commit


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one round carried over; `damaged` lines failed their checksum and hold no event any more."""

    segments: int = 0
    clicks: int = 0
    damaged: int = 0


def ingest(*, journal: Path, lake: Path, now_ms: int, limit_segments: int | None = None) -> Ingested:
    """Carry what the journal has sealed into the lake, at most `limit_segments` of it, and return how much it was.

    Two ingests at once do no harm: the one that commits second carries nothing over. When this returns, what it
    carried is on the disk, not only in the machine's memory.
    """
    settle(lake)
    visitors = Visitors(lake)
    total = Ingested()
    for segments in _groups(unread_segments(journal=journal, lake=lake)[:limit_segments]):
        try:
            carried = _carry_over(segments, lake=lake, visitors=visitors, now_ms=now_ms)
        except Overtaken:
            break
        total = _sum(total, carried)
    settle(lake)
    return total


def _carry_over(segments: list[Path], *, lake: Path, visitors: Visitors, now_ms: int) -> Ingested:
    table = open_clicks(lake)
    if segment_number(segments[0]) <= position_of(table):
        raise Overtaken  # since the segments were listed; the snapshot that is appended to must not hold them
    clicks = _Clicks(segments)
    batches = (batch_of(events, visitors=visitors) for events in clicks.chunks())
    append(table, batches=batches, position=segment_number(segments[-1]), now_ms=now_ms)
    return Ingested(segments=len(segments), clicks=clicks.read, damaged=clicks.damaged)


class _Clicks:
    """The clicks of some segments in chunks, counted on their way."""

    def __init__(self, segments: Iterable[Path]) -> None:
        self._segments = segments
        self.read = 0
        self.damaged = 0

    def chunks(self) -> Iterator[list[ClickEvent]]:
        events = self._events()
        while chunk := list(islice(events, _ROWS_AT_ONCE)):
            self.read += len(chunk)
            yield chunk

    def _events(self) -> Iterator[ClickEvent]:
        for path in self._segments:
            damaged: list[int] = []
            for _, event in read_segment(path, damaged=damaged):
                if isinstance(event, ClickEvent):  # a postback is booked by the worker, from the journal itself
                    yield event
            self.damaged += len(damaged)


def _groups(segments: list[Path]) -> Iterator[list[Path]]:
    """Yield the segments in groups that fit one commit."""
    group: list[Path] = []
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
