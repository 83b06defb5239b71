"""Visitors and a shop's server that go on however often the edge dies, and remember what was acknowledged."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PATIENCE_S = 0.02


@dataclass
class Heard:
    """What all senders together were told; lists only grow, one element at a time, which threads may do."""

    clicks: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    """Orders that were acknowledged at least once."""
    sent: list[str] = field(default_factory=list)
    """Orders that were sent at least once."""
    refused: list[int] = field(default_factory=list)
    """Statuses that were no acknowledgement."""


@dataclass
class Sender:
    """Sends requests one after the other over a connection that it opens again when it breaks."""

    port: int
    heard: Heard
    stopping: threading.Event
    _connection: HTTPConnection | None = None

    def visit(self, path: str) -> None:
        """Follow a link as people do; note the click id that came back."""
        told = self._ask(path)
        if told is None:
            return
        response, _ = told
        if response.status == 302:
            self.heard.clicks.append(parse_qs(urlsplit(response.getheader("Location", "")).query)["rpid"][0])
        else:
            self.heard.refused.append(response.status)

    def report(self, path: str, order: str) -> None:
        """Report an order until it is acknowledged, as a careful shop does."""
        self.heard.sent.append(order)
        while not self.stopping.is_set():
            told = self._ask(path)
            if told is not None and told[0].status == 200:
                self.heard.receipts.append(json.loads(told[1])["receipt"])
                self.heard.orders.append(order)
                return
            if told is not None:
                self.heard.refused.append(told[0].status)
            time.sleep(PATIENCE_S)

    def hang_up(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, path: str) -> tuple[HTTPResponse, bytes] | None:
        """Return a whole answer, or nothing when the edge died before it was there."""
        connection = self._connection or HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._connection = connection
        try:
            connection.request("GET", path, headers={"User-Agent": BROWSER})
            response = connection.getresponse()
            return response, response.read()
        except (OSError, HTTPException):
            self.hang_up()
            time.sleep(PATIENCE_S)
            return None


@contextmanager
def sending(
    port: int,
    *,
    click_path: str,
    token: str,
    coupon: str,
    visitors: int = 2,
    shops: int = 2,
    pause_s: float = 0.0,
    heard: Heard | None = None,
) -> Iterator[Heard]:
    """Let visitors click and shops report at once until the block ends; `pause_s` is between the requests of each.

    What is heard is added to what was `heard` before, and orders go on from there.
    """
    heard, stopping = heard or Heard(), threading.Event()
    first = len(heard.sent)

    def run(act: Callable[[Sender, int], None]) -> None:
        sender = Sender(port, heard, stopping)
        for number in count(first):
            if stopping.is_set():
                break
            act(sender, number)
            time.sleep(pause_s)
        sender.hang_up()

    def shop(name: str) -> Callable[[Sender, int], None]:
        def act(sender: Sender, number: int) -> None:
            order = f"{name}-{number}"
            said = {"token": token, "order_id": order, "amount": "100.00", "coupon": coupon}
            sender.report(f"/pb?{urlencode(said)}", order)

        return act

    acts = [lambda sender, _number: sender.visit(click_path)] * visitors + [shop(f"shop{n}") for n in range(shops)]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
