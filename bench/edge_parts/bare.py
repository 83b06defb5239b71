"""The least that a server in Python can do: httptools on uvloop, one answer for everybody, nothing looked up or kept.

    python -m bench.edge_parts.bare PORT

What this takes for an answer is the machine's and the libraries' share; only what is above it is ours.
"""

import asyncio
import sys
from typing import cast

import httptools
import uvloop

ANSWER = b"HTTP/1.1 302 Found\r\nlocation: https://shop.example/product?from=partner\r\ncontent-length: 0\r\n%b\r\n"
STAY, GO = ANSWER % b"", ANSWER % b"connection: close\r\n"
BACKLOG = 1_024


class Bare(asyncio.Protocol):
    """One caller."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read requests."""
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Answer a request."""
        if self._parser.should_keep_alive():
            self._transport.write(STAY)
        else:
            self._transport.write(GO)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the parser, which holds us in turn."""
        del exc, self._parser


async def main(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", port, backlog=BACKLOG)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
