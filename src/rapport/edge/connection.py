"""One connection: requests in, answers out in the same order, no faster than the caller reads them."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from rapport.edge import answers
from rapport.edge.answers import Answer
from rapport.edge.caller import Networks
from rapport.edge.parsing import Refused, RequestParser
from rapport.edge.request import Request
from rapport.edge.settings import Limits

_log = logging.getLogger(__name__)

_FIRST_REQUEST_SECONDS = 1.0

Handler = Callable[[Request], "Answer | asyncio.Future[Answer]"]


class House(Protocol):
    """What a connection needs of the server it belongs to."""

    limits: Limits
    trusted: Networks
    date: bytes
    stopping: bool
    connections: "set[Connection]"

    def count_answer(self, status: int) -> None:
        """Count an answer by its status."""

    def after_write(self, action: Callable[[], None]) -> None:
        """Do something when what this turn of the loop wrote down is in the journal."""


class Connection(asyncio.Protocol):
    """Serves one caller; lives in the event loop's thread. There are thousands of them at once: each is kept small."""

    __slots__ = (
        "_answers",
        "_busy",
        "_closing",
        "_flooded",
        "_handle",
        "_house",
        "_loop",
        "_made",
        "_parser",
        "_paused",
        "_transport",
        "_unused",
        "_waiting",
        "deadline",
    )

    def __init__(self, house: House, handle: Handler) -> None:
        self.deadline = 0.0  # the loop's time at which patience ends
        self._house = house
        self._handle = handle
        self._loop = asyncio.get_running_loop()
        self._made = self._loop.time()
        self._unused = True
        self._waiting: list[Request | Refused] = []
        self._answers: list[bytes] = []  # to be sent when their clicks are in the journal
        self._closing = False  # after what is to be sent
        self._busy = False  # an answer is waiting for the disk; later ones must wait for it
        self._flooded = False  # the caller does not read what we answer
        self._paused = False
        self._transport: asyncio.Transport
        self._parser: RequestParser

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless the house is full."""
        peer = transport.get_extra_info("peername")
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are, without saying so
        self._parser = RequestParser(
            address=peer[0] if peer else "", limits=self._house.limits, trusted=self._house.trusted
        )
        if len(self._house.connections) >= self._house.limits.connections:
            self.cut()
            return
        self._house.connections.add(self)
        self._expect(self._house.limits.idle_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the caller; what is in the journal stays there."""
        del exc
        self._house.connections.discard(self)
        self._waiting.clear()
        self._parser.close()

    def data_received(self, data: bytes) -> None:
        """Read what came and answer it as far as the order allows."""
        self._unused = False
        if not self._parser.begun and not self._busy:
            self._expect(self._house.limits.message_seconds)
        try:
            self._waiting.extend(self._parser.feed(data))
        except Refused as refused:
            self._waiting.extend(self._parser.take())
            self._waiting.append(refused)
        self._serve()
        if self._parser.wants_continue and not (self._busy or self._waiting or self._closing):
            self._send(answers.CONTINUE)

    def pause_writing(self) -> None:
        """Stop reading from a caller who does not read."""
        self._flooded = True
        self._set_reading()

    def resume_writing(self) -> None:
        """Go on when the caller has read."""
        self._flooded = False
        self._serve()

    def finish(self) -> None:
        """Close unless something has begun, or is on its way over a connection that was just made; we are closing."""
        if self._unused and self._loop.time() < self._made + _FIRST_REQUEST_SECONDS:
            return
        if not (self._busy or self._waiting or self._answers or self._parser.begun):
            self._transport.close()

    def cut(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def expire(self, now: float) -> None:
        """Cut a caller whose time is over."""
        if now > self.deadline:
            self.cut()

    def _serve(self) -> None:
        while self._waiting and not self._busy and not self._flooded and not self._closing:
            self._answer(self._waiting.pop(0))
        self._set_reading()

    def _answer(self, request: Request | Refused) -> None:
        if isinstance(request, Refused):
            self._write(answers.unreadable(request.status), None)
            return
        try:
            answer = self._handle(request)
        except Exception:  # noqa: BLE001 - one caller's surprise must never end the process for all others
            _log.exception("a request could not be answered")
            answer = Answer(500, close=True)
        if isinstance(answer, Answer):
            self._write(answer, request)
        else:
            self._busy = True
            self._expect(self._house.limits.answer_seconds)
            answer.add_done_callback(partial(self._answer_when_stored, request))

    def _answer_when_stored(self, request: Request, answer: "asyncio.Future[Answer]") -> None:
        self._busy = False
        self._write(answer.result(), request)
        self._serve()

    def _write(self, answer: Answer, request: Request | None) -> None:
        """Send an answer; `request` is missing when there was none that could be read."""
        closing = answer.close or request is None or not request.keep_alive or self._house.stopping
        line = b"connection: close\r\n" if closing else b""
        if request is not None and request.http_1_0 and not closing:
            line = b"connection: keep-alive\r\n"
        head = request is not None and request.method == "HEAD"
        self._house.count_answer(answer.status)
        self._send(answers.render(answer, head=head, connection=line, date=self._house.date))
        if closing:
            self._closing = True
            self._waiting.clear()

    def _send(self, data: bytes) -> None:
        """Send at the end of this turn, in one piece with what else it brings."""
        if not self._answers:
            self._house.after_write(self._send_answers)
        self._answers.append(data)

    def _send_answers(self) -> None:
        sent, self._answers = self._answers, []
        if self._transport.is_closing():
            return
        self._transport.write(b"".join(sent))
        if self._closing:
            self._transport.close()
        elif not self._busy:
            limits = self._house.limits
            self._expect(limits.message_seconds if self._parser.begun else limits.idle_seconds)

    def _set_reading(self) -> None:
        crowded = self._flooded or len(self._waiting) > self._house.limits.waiting_requests
        if crowded != self._paused and not self._transport.is_closing():
            self._paused = crowded
            (self._transport.pause_reading if crowded else self._transport.resume_reading)()

    def _expect(self, seconds: float) -> None:
        self.deadline = self._loop.time() + seconds
