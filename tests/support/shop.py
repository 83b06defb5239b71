"""A shop of one page on loopback, under a name of its own: what browsers need to treat it as another site."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "shop.localhost"


@contextmanager
def serving(page: Callable[[], str]) -> Iterator[str]:
    """Serve this HTML at every address of the shop until the block ends; yields its host with the port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page().encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{NAME}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
