"""The journal: where the edge writes events down before it answers, and where the worker and the lake read them.

Append-only segments of self-checking JSON lines, one writer per edge process. `rapport.wire.segments` keeps the files.
"""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from rapport.wire import events, lines
from rapport.wire.events import Event
from rapport.wire.segments import (
    JournalFailing,
    OpenSegment,
    Recovered,
    make_folder,
    newest_number,
    recover,
    sealed_segments,
)

__all__ = [
    "JournalFailing",
    "JournalWriter",
    "Recovered",
    "line_of",
    "newest_number",
    "read_segment",
    "recover",
    "sealed_segments",
    "sound_events",
]

SEGMENT_BYTES = 8 * 2**20


class JournalWriter:
    """Appends events for one process; `writer_id` must be new for every start.

    `append` and `rotate` belong to one thread; `sync` and `seal_rotated` may run in one other thread beside them.
    """

    def __init__(self, folder: Path, *, writer_id: str, segment_bytes: int = SEGMENT_BYTES) -> None:
        make_folder(folder)
        self._folder = folder
        self._writer_id = writer_id
        self._segment_bytes = segment_bytes
        self._opened = 0
        self._segment: OpenSegment | None = None
        self._rotated: deque[OpenSegment] = deque()

    def append(self, event: Event) -> None:
        """Write one event; the death of this process cannot lose it any more, the loss of power until `sync` can.

        Raises:
            JournalFailing: the disk refused, as when it is full; the event is not in the journal.
        """
        self.append_lines(line_of(event))

    def append_lines(self, block: bytes) -> None:
        """Write the lines of several events at once, see `line_of`.

        Raises:
            JournalFailing: the disk refused; it says how many of them are in the journal all the same.
        """
        segment = self._segment or self._open_next()
        segment.append(block)
        if segment.size >= self._segment_bytes:
            self.rotate()

    def rotate(self) -> None:
        """End the current segment unless it is empty; the next event opens a new one."""
        if self._segment is not None and self._segment.size:
            self._rotated.append(self._segment)
            self._segment = None

    def sync(self) -> None:
        """Return when every event appended before the call is on the disk.

        Raises:
            JournalFailing: the disk could not promise it.
        """
        # The current segment is read first: one that `rotate` moves meanwhile is then seen twice, never missed.
        current = self._segment
        for segment in (*self._rotated, current):
            if segment is not None:
                segment.sync()

    def seal_rotated(self) -> None:
        """Hand ended segments to the consumers.

        Raises:
            JournalFailing: the disk refused; what is left is sealed by a later call.
        """
        while self._rotated:
            self._rotated[0].seal()
            self._rotated.popleft()

    def seal(self) -> None:
        """End the current segment and hand everything to the consumers.

        Raises:
            JournalFailing: the disk refused; the events stay in open segments, which `recover` seals later.
        """
        self.rotate()
        self.seal_rotated()

    def close(self) -> None:
        """Seal what is there; the writer is not used any more."""
        self.seal()

    def _open_next(self) -> OpenSegment:
        self._opened += 1
        try:
            self._segment = OpenSegment(self._folder, f"{self._writer_id}-{self._opened:06}")
        except OSError as error:
            raise JournalFailing(f"a new segment could not be opened: {error.strerror}") from error
        return self._segment


def line_of(event: Event) -> bytes:
    """Return the line that an event makes in the journal."""
    return lines.wrap(events.encode(event))


def read_segment(path: Path, *, damaged: list[int] | None = None) -> Iterator[tuple[int, Event]]:
    """Yield (offset in bytes, event) of every sound line; the offsets of unsound ones are added to `damaged`."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            event = lines.unwrap(line)
            if event is not None:
                yield offset, events.decode(event)
            elif damaged is not None:
                damaged.append(offset)
            offset += len(line)


def sound_events(path: Path) -> tuple[list[bytes], int]:
    """Return the JSON texts of the events in a segment's sound lines, and the number of unsound ones."""
    with path.open("rb") as file:
        every = [lines.unwrap(line) for line in file]
    sound = [event for event in every if event is not None]
    return sound, len(every) - len(sound)
