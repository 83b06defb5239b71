"""How fast the edge follows links: requests per second over loopback, as a ratio to a bare server in the same run.

    python -m bench.edge [--seconds 2] [--rounds 3] [--links 100000]

The bare server parses with the same httptools on the same uvloop and answers every request with one ready-made 302: no
link book, no click id, no journal. Both serve alternately, one at a time, the same 8 keep-alive connections with 16
requests under way on each, so a ratio of 1.00 would mean that following, signing and writing down cost nothing.
Repeat it on an idle machine. `answered` counts the edge's answers, also those before the measurement;
`clicks_in_journal` may not be smaller, or something was lost.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import socket
import statistics
import tempfile
import time
from pathlib import Path

import httptools
import uvloop

from rapport.edge import EdgeSettings, run
from rapport.wire import journal, linkbook
from rapport.wire.clickid import Key
from rapport.wire.linkbook import Keys, LinkEntry, ProgramEntry

CONNECTIONS = 8
PIPELINED = 16
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
BARE_ANSWER = b"HTTP/1.1 302 Found\r\nlocation: https://shop.example/\r\ncontent-length: 0\r\n\r\n"


class BareServer(asyncio.Protocol):
    """Answers every request with the same bytes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        """Parse."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Answer."""
        self._transport.write(BARE_ANSWER)  # type: ignore[attr-defined]  # uvloop's transports write


class Client(asyncio.Protocol):
    """Keeps a number of requests under way and counts the answers."""

    answers = 0

    def __init__(self, links: int) -> None:
        self._links = links
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._send(PIPELINED)

    def data_received(self, data: bytes) -> None:
        """Count the answers by their empty line and ask for as many again."""
        data = self._tail + data
        self._tail = data[-3:]
        answered = data.count(b"\r\n\r\n")
        Client.answers += answered
        self._send(answered)

    def _send(self, requests: int) -> None:
        codes = (random.randrange(self._links) for _ in range(requests))
        text = "".join(f"GET /c/c{code}?sub1=blog HTTP/1.1\r\nhost: e\r\nuser-agent: {AGENT}\r\n\r\n" for code in codes)
        self._transport.write(text.encode())  # type: ignore[attr-defined]  # uvloop's transports write


def serve_bare(port: int) -> None:
    """Run the bare server until it is ended."""

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(BareServer, "127.0.0.1", port)
        await server.serve_forever()

    uvloop.run(serve())


def serve_edge(port: int, data: Path) -> None:
    """Run the edge until it is ended."""
    run(EdgeSettings(data=data, port=port, metrics_port=0))


async def load(port: int, *, seconds: float, links: int) -> float:
    """Return the answers per second that a server gives."""
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(lambda: Client(links), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    await asyncio.sleep(seconds / 4)
    counted, began = Client.answers, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (Client.answers - counted) / (time.perf_counter() - began)
    for transport, _ in pairs:
        transport.abort()
    return rate


def measure(target: "multiprocessing.process.BaseProcess", port: int, *, seconds: float, links: int) -> float:
    """Start a server, load it, stop it."""
    target.start()
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.02)
    rate = uvloop.run(load(port, seconds=seconds, links=links))
    target.terminate()
    target.join()
    return rate


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def publish(data: Path, links: int) -> None:
    """Publish a link book of so many links."""
    linkbook.publish(
        data / "linkbook",
        programs=[ProgramEntry(program_id="prg_1", hosts=("shop.example",))],
        links=(
            LinkEntry(
                code=f"c{number}",
                link_number=number,
                link_id=f"lnk_{number}",
                agreement_id="agr_1",
                program_id="prg_1",
                destination=f"https://shop.example/product/{number}?from=partner",
            )
            for number in range(links)
        ),
        keys=Keys(current=1, keys=(Key(1, b"k" * 32),)),
        full=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="how often both servers are measured in turn")
    parser.add_argument("--links", type=int, default=100_000, help="links in the book, asked for at random")
    options = parser.parse_args()
    spawn, bare, edge = multiprocessing.get_context("spawn"), [], []
    answered = 0
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        publish(data, options.links)
        for number in range(options.rounds):
            port = free_port()
            given = {"seconds": options.seconds, "links": options.links}
            bare.append(measure(spawn.Process(target=serve_bare, args=(port,)), port, **given))
            before = Client.answers
            edge.append(measure(spawn.Process(target=serve_edge, args=(port, data)), port, **given))
            answered += Client.answers - before
            print(
                f"round {number + 1}: bare {bare[-1]:,.0f}/s, edge {edge[-1]:,.0f}/s, ratio {edge[-1] / bare[-1]:.2f}"
            )
        paths = journal.sealed_segments(data / "journal")
        written = sum(1 for path in paths for _ in journal.read_segment(path))
    figures = {
        "bare_per_s": round(statistics.median(bare)),
        "edge_per_s": round(statistics.median(edge)),
        "ratio": round(statistics.median(edge) / statistics.median(bare), 2),
        "answered": answered,
        "clicks_in_journal": written,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
