"""Sends one request to the outside and brings its answer back whole, or one word why not."""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any

import httpcore
import httpx

from rapport.kit.outgoing.connecting import Deadline, PinnedBackend, Resolve, system_resolve
from rapport.kit.outgoing.errors import NotReached, Outcome
from rapport.kit.outgoing.targets import Target, target_of


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take altogether, and how much may come back."""

    seconds: float = 15.0
    most_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, headers by their names in small letters, and the body whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        """Whether the other side says that it did what was asked; a redirect does not."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def json(self) -> Any:  # noqa: ANN401 - whoever asked knows what it expects and checks it
        """Return the body read as JSON, numbers with a point as text; refuses what is none."""
        try:
            return json.loads(self.content, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise NotReached(Outcome.REFUSED, detail=f"no JSON: {error}", may_have_arrived=True) from error


@cache
def trusted_roots() -> ssl.SSLContext:
    """Return whom we believe who a server is: the machine's own list of authorities, and httpx's."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The way out: which hosts of this machine may be reached, how names are resolved, whose certificates count."""

    loopback: frozenset[str] = frozenset()  # "host:port" each; empty wherever strangers may type an address
    resolve: Resolve = system_resolve
    roots: ssl.SSLContext = field(default_factory=trusted_roots)

    def send(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        https_only: bool = False,
        limits: Limits = Limits(),
    ) -> Answer:
        """Return the answer, whatever its status; raises ``NotReached`` when there is none."""
        target = target_of(address, https_only=https_only, loopback=self.loopback)
        deadline = Deadline(limits.seconds)
        with _told_in_a_word(deadline), self._pool(target, deadline) as pool:
            return _exchange(pool, _request(method, target, headers or {}, content), limits)

    def fetch(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        https_only: bool = False,
        limits: Limits = Limits(),
    ) -> Answer:
        """Return the answer of a server that did what was asked; any other status raises ``NotReached``."""
        answer = self.send(method, address, headers=headers, content=content, https_only=https_only, limits=limits)
        if not answer.is_success:
            raise NotReached(Outcome.STATUS, status=answer.status, may_have_arrived=True)
        return answer

    def _pool(self, target: Target, deadline: Deadline) -> httpcore.ConnectionPool:
        backend = PinnedBackend(self.resolve, deadline=deadline, on_this_machine=target.is_loopback)
        return httpcore.ConnectionPool(ssl_context=self.roots, network_backend=backend, retries=0)


def _request(method: str, target: Target, headers: Mapping[str, str], content: bytes) -> httpx.Request:
    # Packed answers would grow past the limit in one step, so none are asked for.
    given = {"accept": "*/*", "user-agent": "Rapport", **headers, "accept-encoding": "identity", "connection": "close"}
    request = httpx.Request(method, target.url, headers=given, content=content)
    request.headers["host"] = target.url.netloc.decode("ascii")
    return request


def _exchange(pool: httpcore.ConnectionPool, request: httpx.Request, limits: Limits) -> Answer:
    url = httpcore.URL(
        scheme=request.url.raw_scheme,
        host=request.url.raw_host,
        port=request.url.port,
        target=request.url.raw_path,
    )
    with pool.stream(request.method, url, headers=request.headers.raw, content=request.read()) as response:
        content = bytearray()
        for part in response.iter_stream():
            content += part
            if len(content) > limits.most_bytes:
                raise NotReached(Outcome.REFUSED, detail="the answer is too large", may_have_arrived=True)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(status=response.status, headers=headers, content=bytes(content))


@contextmanager
def _told_in_a_word(deadline: Deadline) -> Iterator[None]:
    """Turn whatever went wrong into one of our words; what the network said stays in ``detail``."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise _not_reached(Outcome.TIMEOUT, error, deadline) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
        raise _not_reached(Outcome.REFUSED, error, deadline) from error


def _not_reached(outcome: Outcome, error: Exception, deadline: Deadline) -> NotReached:
    return NotReached(outcome, detail=repr(error), may_have_arrived=deadline.may_have_arrived)
