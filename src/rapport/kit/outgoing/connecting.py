"""Connects to an address that was checked, under the name that was asked for, until a deadline."""

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from rapport.kit.outgoing.addresses import is_loopback, is_public
from rapport.kit.outgoing.errors import NotReached, Outcome

# A name and a port to all of its addresses; tests hand in one that changes its mind.
Resolve = Callable[[str, int], list[str]]

_CONNECT_SECONDS = 5.0


def system_resolve(host: str, port: int) -> list[str]:
    """Return every address of a name as this machine knows it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_rest, address in found))


class Deadline:
    """How long a request may take altogether, from its first look at a name to its last byte."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self.may_have_arrived = False

    def left(self, at_most: float | None = None) -> float:
        """Return the seconds that are left, or raise when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left if at_most is None else min(left, at_most)


class PinnedBackend(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it has, and connects to one of those and to no other."""

    def __init__(self, resolve: Resolve, *, deadline: Deadline, on_this_machine: bool) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._allowed = is_loopback if on_this_machine else is_public
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # the deadline decides
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the first checked address that takes it."""
        del timeout
        last: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self._deadline.left(_CONNECT_SECONDS), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _TimedStream(stream, self._deadline)
        raise last

    def _checked(self, host: str, port: int) -> list[str]:
        addresses = _resolve_in_time(self._resolve, host, port, self._deadline.left(_CONNECT_SECONDS))
        refused = [address for address in addresses if not self._allowed(address)]
        # One bad address is enough: whoever owns the name chooses which of them is tried.
        if refused or not addresses:
            raise NotReached(Outcome.REFUSED, detail=f"{host} is at {', '.join(refused) or 'no address'}")
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline: a byte now and then does not keep it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._deadline.may_have_arrived = True
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own type
        return self._stream.get_extra_info(info)


def _resolve_in_time(resolve: Resolve, host: str, port: int, seconds: float) -> list[str]:
    """Ask for a name's addresses in a thread of its own: the system's resolver knows no time limit."""
    found: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            found.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    with contextlib.suppress(queue.Empty):
        answer = found.get(timeout=seconds)
        if isinstance(answer, Exception):
            raise NotReached(Outcome.REFUSED, detail=f"{host} has no address: {answer}") from answer
        return answer
    raise httpcore.ConnectTimeout(f"{host} was not resolved in time")
