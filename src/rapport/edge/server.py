"""The edge as a program: listens, serves, looks for new link books, and stops without losing anything."""

import asyncio
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable
from email.utils import formatdate

import uvloop
from msgspec import structs

from rapport.edge import answers, click, impression, names, page_click, page_sale, postback, script
from rapport.edge.answers import Answer
from rapport.edge.caller import networks
from rapport.edge.connection import Connection, Handler
from rapport.edge.counters import Counters, Figures, metrics_text
from rapport.edge.group_commit import GroupCommit
from rapport.edge.impression import Impressions
from rapport.edge.pace import Pace
from rapport.edge.request import Request
from rapport.edge.roll import Roll
from rapport.edge.settings import EdgeSettings
from rapport.edge.station import Station, clock_ms
from rapport.kit.collector import spare
from rapport.wire import addresses
from rapport.wire.journal import JournalFailing, JournalWriter, recover
from rapport.wire.linkbook import Reader

_log = logging.getLogger(__name__)

_SWEEP_SECONDS = 1.0
_DRAIN_STEP_SECONDS = 0.01
_BACKLOG = 1_024
_COLLECTOR_THRESHOLDS = (50_000, 20, 50)
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Edge:
    """One edge process; everything but the disk's own work happens in its event loop's thread."""

    def __init__(self, settings: EdgeSettings, *, clock_ms: Callable[[], int] = clock_ms) -> None:
        self.limits = settings.limits
        self.trusted = networks(settings.trusted_proxies)
        self.date = _date_line()
        self.stopping = False
        self.connections: set[Connection] = set()
        self.port = 0
        self.metrics_port = 0
        self._settings = settings
        self._counters = Counters()
        self._clock_ms = clock_ms
        self._impressions = Impressions()
        self._started_ms = clock_ms()
        self._pages: dict[str, Handler] = {}
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._station: Station
        self._roll: Roll

    async def start(self) -> None:
        """Take over what a dead edge left, open the journal and listen.

        Raises:
            OSError: the data folder cannot be written, or a port is taken.
        """
        settings = self._settings
        self._station = self._open_station()
        self._pages = self._roads_of_pages()
        public, monitors = settings.sockets or (None, None)
        self.port = await self._listen(settings.port, self._handle, inherited=public)
        self.metrics_port = await self._listen(settings.metrics_port, self._handle_monitor, inherited=monitors)
        self._roll = Roll(settings.data / "edges")
        self._roll.write(self._figures())  # whoever waits for this process knows by it that it listens
        self._tasks.append(asyncio.create_task(_every(_SWEEP_SECONDS, self._sweep)))
        self._tasks.append(asyncio.create_task(_every(settings.book_seconds, self._station.refresh_book)))

    async def stop(self) -> None:
        """Stop listening, finish what has begun, seal the journal.

        Raises:
            JournalFailing: the disk refused the last sync or seal; the next start recovers what is written.
        """
        self.stopping = True
        for server in self._servers:
            server.close()
        await self._drain()
        for task in self._tasks:
            task.cancel()
        self._station.book.close()
        self._roll.close()
        await self._station.journal.close()

    def count_answer(self, status: int) -> None:
        """Count an answer by its status."""
        self._counters.answers[status] += 1

    def after_write(self, action: Callable[[], None]) -> None:
        """Do something when what this turn of the loop wrote down is in the journal."""
        self._station.journal.after_write(action)

    def _open_station(self) -> Station:
        settings, counters = self._settings, self._counters
        folder = settings.data / "journal"
        counters.torn_bytes += sum(recovered.dropped_bytes for recovered in recover(folder))
        journal = GroupCommit(
            JournalWriter(folder, writer_id=secrets.token_hex(6)),
            counters=counters,
            sync_seconds=settings.sync_seconds,
            segment_seconds=settings.segment_seconds,
        )
        book = Reader(settings.data / "linkbook")
        return Station(settings, book=book, journal=journal, counters=counters, clock_ms=self._clock_ms)

    async def _listen(self, port: int, handle: Handler, *, inherited: int | None) -> int:
        loop = asyncio.get_running_loop()

        def connection() -> Connection:
            return Connection(self, handle)

        if inherited is None:
            server = await loop.create_server(connection, self._settings.host, port, backlog=_BACKLOG)
        else:
            # Closing ours leaves the keeper's open: who calls while nobody answers waits for the next process.
            own = socket.socket(fileno=os.dup(inherited))
            server = await loop.create_server(connection, sock=own, backlog=_BACKLOG)
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    def _handle(self, request: Request) -> "Answer | asyncio.Future[Answer]":
        if request.path.startswith(addresses.CLICK):
            if request.method in {"GET", "HEAD"}:
                return click.follow_link(request, self._station)
            return answers.method_not_allowed("GET, HEAD")
        if request.path == addresses.POSTBACK:
            return self._handle_postback(request)
        if (asked_by_page := self._road_of_page(request.path)) is not None:
            known_way = request.method in {"GET", "POST"}
            return asked_by_page(request) if known_way else answers.method_not_allowed("GET, POST")
        if request.path == "/healthz":
            return _health(failing=self._station.journal.failing)
        known = click.follow_old_address(request, self._station) if request.method in {"GET", "HEAD"} else None
        return answers.not_found() if known is None else known

    def _road_of_page(self, path: str) -> Handler | None:
        """Return what answers an address that pages of shops and of partners ask for."""
        if path.startswith(addresses.IMPRESSION) and path.endswith(impression.SUFFIX):
            return lambda request: self._impressions.show(request, self._station)
        return self._pages.get(path)

    def _roads_of_pages(self) -> dict[str, Handler]:
        """Return what pages of shops ask for, by path."""
        station, assets, pace = self._station, self._settings.assets, Pace()
        roads: dict[str, Handler] = {
            addresses.PAGE_CLICK: lambda request: page_click.remember(request, station),
            addresses.PAGE_SALE: lambda request: page_sale.take_sale(request, station, pace=pace),
            addresses.PAGE_SALE_IMAGE: lambda request: page_sale.take_image(request, station, pace=pace),
        }
        return roads | ({addresses.SCRIPT: script.load(assets).answer} if assets else {})

    def _handle_postback(self, request: Request) -> "Answer | asyncio.Future[Answer]":
        if names.program_addressed(request, self._station) is None:
            return answers.not_found()
        if request.method in {"GET", "POST"}:
            return postback.take_postback(request, self._station)
        return answers.method_not_allowed("GET, POST")

    def _handle_monitor(self, request: Request) -> Answer:
        if request.path == "/metrics":
            text = metrics_text([self._figures(), *self._roll.others()])
            return answers.text(200, text, content_type=_METRICS_TYPE)
        if request.path == addresses.ASK_FOR_CERTIFICATE:
            return names.may_get_certificate(request, self._station)
        if request.path == "/healthz":
            return _health_of([self._figures(), *self._roll.others()])
        return answers.not_found()

    def _figures(self) -> Figures:
        return structs.replace(
            self._counters.figures(),
            connections=len(self.connections),
            book_version=self._station.book.version,
            book_damage=self._station.book.damage or "",
            started_ms=self._started_ms,
            failing=self._station.journal.failing,
        )

    def _sweep(self) -> None:
        """Cut callers whose time is over, and let the clock of the answers tick."""
        self.date = _date_line()
        self._roll.write(self._figures())
        now = asyncio.get_running_loop().time()
        for connection in list(self.connections):
            connection.expire(now)

    async def _drain(self) -> None:
        deadline = time.monotonic() + self.limits.drain_seconds
        while self.connections and time.monotonic() < deadline:
            for connection in list(self.connections):
                connection.finish()
            await asyncio.sleep(_DRAIN_STEP_SECONDS)
        for connection in list(self.connections):
            connection.cut()


def _health(*, failing: bool) -> Answer:
    """Tell strangers whether it works, and nothing else."""
    word = "failing" if failing else "ok"
    return answers.data(503 if failing else 200, {"status": word, "journal": word})


def _health_of(processes: list[Figures]) -> Answer:
    """Tell the operator how all processes are; what each did not record stands under a name that no other ever has."""
    failing = any(one.failing for one in processes)
    word = "failing" if failing else "ok"
    told = {
        "status": word,
        "journal": word,
        "book_version": min(one.book_version for one in processes),
        "book_damage": next((one.book_damage for one in processes if one.book_damage), None),
        "unrecorded_clicks": {f"{one.started_ms}-{one.pid}": one.unjournalled_clicks for one in processes},
    }
    return answers.data(503 if failing else 200, told)


def run(settings: EdgeSettings) -> int:
    """Serve until SIGTERM or SIGINT; return 0 after a clean stop, 1 if it could not start or not seal the journal."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings))


async def _serve(settings: EdgeSettings) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    edge = Edge(settings)
    try:
        await edge.start()
        # A click leaves no garbage behind, and looking for it after every few was a third of its cost.
        spare(_COLLECTOR_THRESHOLDS)
        _log.info("the edge listens on port %s, its metrics on port %s", edge.port, edge.metrics_port)
        await stop.wait()
        await edge.stop()
    except (OSError, JournalFailing) as error:
        _log.error("the edge stopped: %s", error)
        return 1
    return 0


async def _every(seconds: float, action: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            action()
        except Exception:  # noqa: BLE001 - a failed look at the book must not end the looking
            _log.exception("the edge could not do what it does every %s s", seconds)


def _date_line() -> bytes:
    return f"date: {formatdate(usegmt=True)}\r\n".encode("ascii")
