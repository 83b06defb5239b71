"""What the simulators of shops share: a server on this machine, and messages sent as often and as late as one likes."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a simulator."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> list[tuple[str, str]]:
        """Return the body as a form."""
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """Return the body as JSON."""
        return json.loads(self.body or b"{}")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that a shop sends: its body and headers, byte by byte."""

    topic: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], tuple[int, Any]]


@contextmanager
def serve(answer: Answering) -> Iterator[str]:
    """Answer questions by a function that returns a status and what becomes JSON; give the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qsl(parts.query, keep_blank_values=True)
            status, told = answer(Asked(self.command, parts.path, query, headers, body))
            told, more = told if isinstance(told, tuple) else (told, {})
            content = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **more,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the library's names

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
