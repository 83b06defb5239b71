"""A running edge on loopback, in a thread of the test, with a small link book and a caller that speaks raw HTTP."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Self

import pytest
import uvloop

from rapport.edge.server import Edge
from rapport.edge.settings import EdgeSettings
from rapport.wire import journal, linkbook
from rapport.wire.clickid import Key
from rapport.wire.events import ClickEvent, Event, PostbackEvent
from rapport.wire.linkbook import Keys, LinkEntry, ProgramEntry

NOW_MS = 1_763_000_000_000
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
OWN_HOSTS = frozenset({"edge.example", "e", "f"})
KEYS = Keys(current=1, keys=(Key(1, b"k" * 32),))
TOKEN = "a-token-of-the-program"
SECRET = b"a secret of the program, 32 byte"
PROGRAM = ProgramEntry(
    program_id="prg_1",
    fallback_url="https://shop.example/welcome",
    hosts=("shop.example", "localhost:9000", "münchen.example"),
    token_hashes=(sha256(TOKEN.encode()).hexdigest(),),
    hmac_secrets=(b"another secret", SECRET),
)
OTHER_PROGRAM = ProgramEntry(program_id="prg_2", hosts=("other.example",))


def make_link(code: str = "abc", **changes: object) -> LinkEntry:
    """Return a link of the program."""
    plain = {
        "code": code,
        "link_number": 5,
        "link_id": f"lnk_{code}",
        "agreement_id": "agr_1",
        "program_id": "prg_1",
        "destination": "https://shop.example/product?x=1#top",
    }
    return LinkEntry(**{**plain, **changes})  # type: ignore[arg-type]  # a test may change any field


@dataclass
class Response:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["location"]


class Caller:
    """Speaks HTTP byte by byte over one connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(10)
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):  # small, so that a test can fill them
            self._socket.setsockopt(socket.SOL_SOCKET, buffer, 16_384)
        self._stream = self._socket.makefile("rb")
        try:
            self._socket.connect(("127.0.0.1", port))
        except OSError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        self._socket.sendall(data)

    def send_until_full(self, data: bytes) -> int:
        """Send the data again and again until nobody takes more; return the bytes sent."""
        self._socket.settimeout(0.3)
        sent = 0
        with suppress(TimeoutError):
            while True:
                sent += self._socket.send(data)
        self._socket.settimeout(10)
        return sent

    def receive(self, *, head: bool = False) -> Response:
        """Read one answer."""
        status = int(self._stream.readline().split()[1])
        headers: dict[str, str] = {}
        for line in iter(self._stream.readline, b"\r\n"):
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            headers[name] = value
        body = b"" if head else self._stream.read(int(headers.get("content-length", "0")))
        return Response(status, headers, body)

    def is_closed(self) -> bool:
        """Say whether the edge has ended the connection, with nothing more to read."""
        try:
            return self._stream.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()


@dataclass
class RunningEdge:
    """An edge that a test may call, stop and look into."""

    data: Path
    edge: Edge
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    callers: list[Caller] = field(default_factory=list)
    stopped: bool = False

    def caller(self, *, monitor: bool = False) -> Caller:
        """Return a new connection."""
        caller = Caller(self.edge.metrics_port if monitor else self.edge.port)
        self.callers.append(caller)
        return caller

    def raw(self, data: bytes, *, head: bool = False) -> Response:
        """Send bytes over a new connection and return the first answer."""
        caller = self.caller()
        caller.send(data)
        return caller.receive(head=head)

    def get(self, target: str, *, method: str = "GET", **headers: str) -> Response:
        """Ask for a target as a browser does; underscores in header names stand for dashes."""
        lines = {"host": "edge.example", "user-agent": BROWSER} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.raw(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode(), head=method == "HEAD")

    def post(self, target: str, body: bytes, **headers: str) -> Response:
        """Post a body with its length."""
        lines = {"host": "edge.example", "content-length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.raw(f"POST {target} HTTP/1.1\r\n{head}\r\n".encode() + body)

    def metrics(self) -> dict[str, float]:
        """Return the figures of the metrics port."""
        caller = self.caller(monitor=True)
        caller.send(b"GET /metrics HTTP/1.1\r\nhost: m\r\n\r\n")
        text = caller.receive().body.decode()
        pairs = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name.removeprefix("rapport_edge_"): float(value) for name, _, value in pairs}

    def publish(self, *links: LinkEntry, programs: tuple[ProgramEntry, ...] = ()) -> None:
        """Change the link book and let the edge see it at once."""
        linkbook.publish(self.data / "linkbook", links=links, programs=programs, keys=KEYS)
        self.within(self.edge._station.refresh_book)

    def within(self, action: Callable[[], None]) -> None:
        """Run something in the edge's own thread."""

        async def run() -> None:
            action()

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def stop(self) -> None:
        """Stop the edge gracefully."""
        if not self.stopped:
            self.stopped = True
            for caller in self.callers:
                caller.close()
            try:
                asyncio.run_coroutine_threadsafe(self.edge.stop(), self.loop).result(20)
            finally:
                self.loop.call_soon_threadsafe(self.loop.stop)
                self.thread.join(10)
                self.loop.close()

    def events(self) -> list[Event]:
        """Stop the edge and return what its journal holds."""
        self.stop()
        return events_of(self.data)

    def click(self) -> ClickEvent:
        """Stop the edge and return the only click of its journal."""
        (event,) = self.events()
        assert isinstance(event, ClickEvent)
        return event

    def postback(self) -> PostbackEvent:
        """Stop the edge and return the only postback of its journal."""
        (event,) = self.events()
        assert isinstance(event, PostbackEvent)
        return event


def name_of(event: Event) -> str:
    """Return what an event was answered with: its click id, receipt or view."""
    if isinstance(event, ClickEvent):
        return event.click_id
    return event.receipt_id if isinstance(event, PostbackEvent) else event.view_id


def events_of(data: Path) -> list[Event]:
    """Return every event of a data folder's sealed segments."""
    paths = journal.sealed_segments(data / "journal")
    return [event for path in paths for _, event in journal.read_segment(path)]


@contextmanager
def running(data: Path, settings: EdgeSettings | None = None) -> Iterator[RunningEdge]:
    """Run an edge in a thread until the block ends."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    known = replace(settings or EdgeSettings(data=data, port=0, metrics_port=0), own_hosts=OWN_HOSTS)
    edge = Edge(known, clock_ms=lambda: NOW_MS)
    asyncio.run_coroutine_threadsafe(edge.start(), loop).result(10)
    run = RunningEdge(data=data, edge=edge, loop=loop, thread=thread)
    try:
        yield run
    finally:
        run.stop()


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[RunningEdge]:
    """Run an edge with a book of two programs and one link."""
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM, OTHER_PROGRAM], links=[make_link()], keys=KEYS)
    with running(tmp_path) as run:
        yield run
