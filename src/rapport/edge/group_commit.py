"""Group commit: one write serves every request of a turn of the event loop, one sync all that came since the last one.

Clicks are answered after the write and synced within an interval; postbacks wait for the sync, and those that arrive
during one share the next. Everything here runs in the event loop's thread but the disk's own work, which has a thread
to itself.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from rapport.edge.counters import Counters
from rapport.wire.events import ClickEvent, Event, ImpressionEvent
from rapport.wire.journal import JournalFailing, JournalWriter, line_of

_REMEMBERED_SECONDS = 10


class GroupCommit:
    """The journal as the edge's steps see it."""

    def __init__(
        self, writer: JournalWriter, *, counters: Counters, sync_seconds: float, segment_seconds: float
    ) -> None:
        self._failed_at: float | None = None
        self._writer = writer
        self._counters = counters
        self._sync_seconds = sync_seconds
        self._segment_seconds = segment_seconds
        self._loop = asyncio.get_running_loop()
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._events: list[Event] = []  # of this turn
        self._after: list[Callable[[], None]] = []
        self._turn: asyncio.Handle | None = None
        self._hasty: list[asyncio.Future[None]] = []  # want a sync when this turn is written
        self._waiting: list[asyncio.Future[None]] = []
        self._sync_timer: asyncio.TimerHandle | None = None
        self._segment_timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Future[float] | None = None
        self._again = False  # something was written or asked for while a sync was running

    @property
    def failing(self) -> bool:
        """Whether the disk refused lately and has not been good since; forgotten after a while without traffic."""
        return self._failed_at is not None and self._loop.time() - self._failed_at < _REMEMBERED_SECONDS

    def write(self, event: Event) -> None:
        """Write an event at the end of this turn of the loop; from then on it survives the death of this process.

        A click that the disk refuses is counted, and its visitor led on; whoever needs to know asks for `synced`.
        """
        self._events.append(event)
        self._end_turn_soon()

    def after_write(self, action: Callable[[], None]) -> None:
        """Do something at the end of this turn, when its events are written or refused."""
        self._after.append(action)
        self._end_turn_soon()

    def synced(self) -> "asyncio.Future[None]":
        """Return a future that ends when everything written so far is on the disk, or with `JournalFailing`."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._hasty.append(future)
        self._end_turn_soon()
        return future

    async def close(self) -> None:
        """Sync and seal what is there.

        Raises:
            JournalFailing: the disk refused; the open segment is sealed at the next start.
        """
        self._end_turn()
        try:
            await self._loop.run_in_executor(self._disk, self._writer.close)  # behind whatever the disk is doing
        finally:
            for timer in (self._sync_timer, self._segment_timer):
                if timer is not None:
                    timer.cancel()
            self._disk.shutdown(wait=False)

    def _end_turn_soon(self) -> None:
        if self._turn is None:
            self._turn = self._loop.call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._turn = None
        hasty, self._hasty = self._hasty, []
        failure = self._write_events() if self._events else None
        if failure is not None:
            for future in hasty:
                _settle(future, failure)
        elif hasty:
            self._waiting += hasty
            self._commit()
        after, self._after = self._after, []
        for action in after:
            action()

    def _write_events(self) -> JournalFailing | None:
        """Write what this turn brought; return why that failed, if it did."""
        written, self._events = self._events, []
        try:
            self._writer.append_lines(b"".join(map(line_of, written)))
        except JournalFailing as failure:
            lost = written[failure.kept :]
            self._counters.unjournalled_clicks += sum(isinstance(event, ClickEvent) for event in lost)
            self._counters.unjournalled_impressions += sum(isinstance(event, ImpressionEvent) for event in lost)
            self._failed()
            return failure
        if self._sync_timer is None:
            self._sync_timer = self._loop.call_later(self._sync_seconds, self._commit_in_time)
        if self._segment_timer is None:
            self._segment_timer = self._loop.call_later(self._segment_seconds, self._end_segment)
        return None

    def _commit_in_time(self) -> None:
        self._sync_timer = None
        self._commit()

    def _commit(self) -> None:
        """Begin a sync; if one is running, the next begins when it ends."""
        self._again = self._running is not None
        if self._again:
            return
        if self._sync_timer is not None:
            self._sync_timer.cancel()
            self._sync_timer = None
        served, self._waiting = self._waiting, []
        self._running = self._loop.run_in_executor(self._disk, self._sync)
        self._running.add_done_callback(partial(self._committed, served))

    def _sync(self) -> float:
        """Return the seconds the disk took. Runs in the disk's thread."""
        began = time.perf_counter()
        self._writer.sync()
        return time.perf_counter() - began

    def _committed(self, served: "list[asyncio.Future[None]]", sync: "asyncio.Future[float]") -> None:
        self._running = None
        failure = sync.exception()
        if failure is None:
            self._failed_at = None
            self._counters.syncs += 1
            self._counters.sync_seconds += sync.result()
        else:
            # After a failed sync the system may forget the pages and call the next one good: begin a new file.
            self._writer.rotate()
            self._failed()
        for future in served:
            _settle(future, failure)
        if self._again:
            self._commit()

    def _end_segment(self) -> None:
        """Let the consumers have what was written; what the disk refuses to seal is tried again."""
        self._segment_timer = None
        self._writer.rotate()
        self._loop.run_in_executor(self._disk, self._writer.seal_rotated).add_done_callback(self._sealed)

    def _sealed(self, sealing: "asyncio.Future[None]") -> None:
        if sealing.exception() is not None:
            self._failed()
            if self._segment_timer is None:
                self._segment_timer = self._loop.call_later(self._segment_seconds, self._end_segment)

    def _failed(self) -> None:
        self._failed_at = self._loop.time()
        self._counters.journal_failures += 1


def _settle(future: "asyncio.Future[None]", failure: BaseException | None) -> None:
    if future.cancelled():
        return
    if failure is None:
        future.set_result(None)
    else:
        future.set_exception(failure)
