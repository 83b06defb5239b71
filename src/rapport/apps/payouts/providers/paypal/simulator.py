"""A PayPal on this machine, as strict as its documents: for tests, and to try a program without money."""

import base64
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

_MOST_ITEMS: Final = 15_000
_NO_DECIMALS: Final = frozenset({"JPY", "HUF", "TWD"})
_HEADER_KEYS: Final = {"sender_batch_id", "email_subject", "email_message", "recipient_type"}
_ITEM_KEYS: Final = {"recipient_type", "receiver", "amount", "note", "sender_item_id"}

Reply = tuple[int, Mapping[str, Any], Mapping[str, str]]


@dataclass(slots=True)
class Batch:
    """A call that was taken: its items with the states that the story gives them."""

    id: str
    sender_batch_id: str
    items: list[dict[str, Any]]
    state: str = "PENDING"


@dataclass(slots=True)
class Simulator:
    """What the other side knows. `token_uses` lets a token run out; `faults` are answered instead, one a call."""

    client_id: str = "client"
    secret: str = "secret"  # noqa: S105 - of a PayPal that does not exist
    token_uses: int = 1_000
    most_posts: int = 400
    batches: dict[str, Batch] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    posts: int = 0
    _tokens: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def paid_minor(self) -> int:
        """Return what left the account, in hundredths: of every item that was not undone."""
        kept = ("PENDING", "SUCCESS", "UNCLAIMED")
        items = [item for batch in self.batches.values() for item in batch.items]
        amounts = [item["payout_item"]["amount"]["value"] for item in items if item["transaction_status"] in kept]
        return sum(int(amount.replace(".", "")) for amount in amounts)

    def decide(self, state_of: Callable[[str], str]) -> None:
        """Give every item the state that the story says for its receiver."""
        for batch in self.batches.values():
            batch.state = "SUCCESS"
            for item in batch.items:
                item["transaction_status"] = state_of(item["payout_item"]["receiver"])

    def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply | None:
        """Answer one request; None breaks the line without an answer."""
        with self._lock:
            self.asked.append((method, path))
            if path == "/v1/oauth2/token":
                return self._token(headers, body)
            if not self._is_known(headers.get("authorization", "")):
                return 401, {"error": "invalid_token", "error_description": "Token signature verification failed"}, {}
            if method == "GET":
                return self._show(path)
            return self._posted(headers, body)

    def _token(self, headers: Mapping[str, str], body: bytes) -> Reply:
        wanted = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if headers.get("authorization") != f"Basic {wanted}" or body != b"grant_type=client_credentials":
            return 401, {"error": "invalid_client", "error_description": "Client Authentication failed"}, {}
        token = secrets.token_hex(16)
        self._tokens[token] = self.token_uses
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 32_400}, {}

    def _is_known(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        left = self._tokens.get(token, 0)
        if left:
            self._tokens[token] = left - 1
        return left > 0

    def _posted(self, headers: Mapping[str, str], body: bytes) -> Reply | None:
        fault = self.faults.pop(0) if self.faults else ""
        self.posts += 1
        if fault == "busy" or self.posts > self.most_posts:
            return 429, {"name": "RATE_LIMIT_REACHED", "message": "Too many requests"}, {"retry-after": "2"}
        if fault == "broken":
            return 503, {"name": "INTERNAL_SERVICE_ERROR"}, {}
        reply = self._taken(headers, body)
        if fault == "taken, then broken":
            return 500, {"name": "INTERNAL_SERVICE_ERROR"}, {}
        return None if fault == "taken, then silent" else reply

    def _taken(self, headers: Mapping[str, str], body: bytes) -> Reply:
        if headers.get("content-type") != "application/json":
            return 415, {"name": "UNSUPPORTED_MEDIA_TYPE"}, {}
        told = json.loads(body)
        if problem := _problem(told):
            issue = {"field": problem[0], "location": "body", "issue": problem[1]}
            return 400, {"name": "VALIDATION_ERROR", "message": "Invalid request", "details": [issue]}, {}
        name = told["sender_batch_header"]["sender_batch_id"]
        if known := next((one for one in self.batches.values() if one.sender_batch_id == name), None):
            return 400, _duplicate(known), {}
        batch = Batch(f"B{len(self.batches) + 1:012d}", name, [_item(one) for one in told["items"]])
        self.batches[batch.id] = batch
        return 201, {"batch_header": _header(batch)}, {}

    def _show(self, path: str) -> Reply:
        parts = urlsplit(path)
        batch = self.batches.get(parts.path.removeprefix("/v1/payments/payouts/"))
        if batch is None:
            return 404, {"name": "RESOURCE_NOT_FOUND", "message": "Requested resource not found"}, {}
        asked = parse_qs(parts.query)
        size, page = int(asked["page_size"][0]), int(asked["page"][0])
        if not 1 <= size <= 1_000:  # noqa: PLR2004 - the limit of its documents
            return 400, {"name": "VALIDATION_ERROR", "message": "page_size"}, {}
        pages = max(-(-len(batch.items) // size), 1)
        items = batch.items[(page - 1) * size : page * size]
        return 200, {"batch_header": _header(batch), "items": items, "total_pages": pages}, {}


@contextmanager
def serving(simulator: Simulator) -> Iterator[str]:
    """Serve it on a free port of this machine and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(simulator))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Reads one request and writes what the simulator replies."""

        def do_GET(self) -> None:
            """Answer a question."""
            self._reply()

        def do_POST(self) -> None:
            """Answer a call."""
            self._reply()

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = simulator.reply(self.command, self.path, headers, body)
            if reply is None:
                self.close_connection = True
                return
            status, document, more = reply
            content = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **more}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_parts: object) -> None:
            """Keep the terminal quiet."""

    return Handler


def _problem(told: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first field that PayPal would refuse, and why."""
    header, items = told.get("sender_batch_header") or {}, told.get("items") or []
    if set(header) - _HEADER_KEYS or not 1 <= len(header.get("sender_batch_id", "")) <= 256:  # noqa: PLR2004 - its limit
        return "sender_batch_header", "Invalid header"
    if not 1 <= len(items) <= _MOST_ITEMS:
        return "items", f"Between 1 and {_MOST_ITEMS} items"
    names = [item.get("sender_item_id") for item in items]
    if len(set(names)) != len(names):
        return "sender_item_id", "Duplicate item"
    if len({item["amount"]["currency"] for item in items}) != 1:
        return "currency", "One currency in a batch"
    return next((problem for item in items if (problem := _item_problem(item))), None)


def _item_problem(item: Mapping[str, Any]) -> tuple[str, str] | None:
    amount = item["amount"]
    shape = r"[1-9]\d*" if amount["currency"] in _NO_DECIMALS else r"\d+\.\d\d"
    if set(item) - _ITEM_KEYS or item.get("recipient_type") != "EMAIL":
        return "items", "Unknown field"
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", item["receiver"]):
        return "receiver", "Invalid receiver"
    if not re.fullmatch(shape, amount["value"]) or float(amount["value"]) <= 0:
        return "amount", "Invalid amount"
    return None


def _duplicate(known: Batch) -> Mapping[str, Any]:
    issue = "Batch with given sender_batch_id already exists"
    return {
        "name": "USER_BUSINESS_ERROR",
        "message": "User business error.",
        "details": [{"field": "SENDER_BATCH_ID", "location": "body", "issue": issue}],
        "links": [{"href": f"https://api-m.paypal.com/v1/payments/payouts/{known.id}", "rel": "self", "method": "GET"}],
    }


def _header(batch: Batch) -> Mapping[str, Any]:
    return {
        "payout_batch_id": batch.id,
        "batch_status": batch.state,
        "sender_batch_header": {"sender_batch_id": batch.sender_batch_id},
    }


def _item(told: Mapping[str, Any]) -> dict[str, Any]:
    number = secrets.token_hex(6).upper()
    return {
        "payout_item_id": f"I{number}",
        "transaction_id": f"T{number}",
        "transaction_status": "PENDING",
        "payout_item": told,
    }
