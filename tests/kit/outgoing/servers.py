"""Servers on this machine that answer as the outside may: honestly, with a redirect, slowly, without end."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Peer:
    """A server that remembers what reached it."""

    port: int
    seen: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    """Answers by the path that is asked for."""

    peer: Peer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.peer.seen.append((self.command, self.path, self.headers["host"], body))
        getattr(self, f"answer_{self.path.strip('/').partition('?')[0] or 'ok'}")()

    do_GET = do_POST  # noqa: N815 - the library's name

    def answer_ok(self) -> None:
        self._answer(200, b'{"total": 12.50}')

    def answer_sorry(self) -> None:
        self._answer(503, b"later")

    def answer_text(self) -> None:
        self._answer(200, b"<html>")

    def answer_redirect(self) -> None:
        self._answer(302, b"", location=f"http://localhost:{self.peer.port}/ok")

    def answer_drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        while not self.peer.over.wait(0.05):
            try:
                self.wfile.write(b"z")
            except OSError:
                return

    def answer_endless(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        try:
            while not self.peer.over.is_set():
                self.wfile.write(b"z" * 65_536)
        except OSError:
            self.close_connection = True

    def answer_gone(self) -> None:
        self.close_connection = True

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def peer_server(certificate: Path | None = None) -> Iterator[Peer]:
    """Serve on a free port; over TLS with the certificate of a name, when one is given."""
    peer = Peer(port=0)
    with ThreadingHTTPServer(("127.0.0.1", 0), type("_ForOne", (_Handler,), {"peer": peer})) as server:
        peer.port = server.server_port
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            context.sni_callback = lambda _socket, name, _context: peer.names.append(name or "")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield peer
        finally:
            peer.over.set()
            server.shutdown()
            thread.join()


def write_certificate(folder: Path, name: str) -> Path:
    """Write a key and a certificate that it signed itself, for one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(tz=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    path = folder / f"{name}.pem"
    path.write_bytes(pem)
    return path
