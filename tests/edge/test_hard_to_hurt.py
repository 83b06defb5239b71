"""Whatever bytes come, the edge refuses or answers and goes on: nothing ends it, fills its memory or confuses it."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.edge.conftest import BROWSER, TOKEN, RunningEdge

GOOD = (
    f"GET /c/abc?sub1=x&to=https%3A%2F%2Fshop.example%2F HTTP/1.1\r\nhost: e\r\nuser-agent: {BROWSER}\r\n"
    "cookie: rapport_prg_1=x\r\n\r\n"
).encode()
POST = f"POST /pb?token={TOKEN} HTTP/1.1\r\nhost: e\r\ncontent-length: 9\r\n\r\nkind=sale".encode()
CHUNKED = (
    f"POST /pb?token={TOKEN} HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked\r\n\r\n9\r\nkind=sale\r\n0\r\n\r\n"
).encode()
ATTACKS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def answers_to(edge: RunningEdge, data: bytes) -> list[int]:
    """Send bytes, say that no more will come, and return the statuses of everything that is answered."""
    received = b""
    with socket.create_connection(("127.0.0.1", edge.edge.port), timeout=10) as caller:
        with suppress(ConnectionError):
            caller.sendall(data)
            caller.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while piece := caller.recv(65_536):
                received += piece
    return [int(line.split()[1]) for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.fixture
def safe(edge: RunningEdge, caplog: pytest.LogCaptureFixture) -> Iterator[RunningEdge]:
    """An edge that must neither be surprised nor fall silent, whatever the test does to it."""
    yield edge
    assert edge.get("/c/abc").status == 302
    assert "could not be answered" not in caplog.text
    assert 'answers_total{status="500"}' not in edge.metrics()


@ATTACKS
@given(data=st.binary(min_size=1, max_size=600))
def test_random_bytes_are_refused_or_left_alone(safe: RunningEdge, data: bytes) -> None:
    assert all(400 <= status < 500 for status in answers_to(safe, data))


@ATTACKS
@given(
    good=st.sampled_from([GOOD, POST, CHUNKED]),
    at=st.floats(0, 1),
    length=st.integers(0, 12),
    instead=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"\r", b"\n", b"\r\n", b" ", b"\0", b":", b"%", b"\xff"])
    ),
)
def test_a_request_damaged_anywhere_is_answered_or_refused(
    safe: RunningEdge, good: bytes, at: float, length: int, instead: bytes
) -> None:
    place = int(at * len(good))
    damaged = good[:place] + instead + good[place + length :]

    assert set(answers_to(safe, damaged + GOOD)) <= {100, 200, 302, 400, 401, 404, 405, 413, 414, 431}


@ATTACKS
@given(cuts=st.lists(st.integers(1, len(GOOD + POST + CHUNKED) - 1), max_size=6))
def test_however_the_bytes_are_cut_the_answers_are_the_same(safe: RunningEdge, cuts: list[int]) -> None:
    whole, answered, before = GOOD + POST + CHUNKED, [], 0
    caller = safe.caller()
    for cut in [*sorted(cuts), len(whole)]:
        caller.send(whole[before:cut])
        before = cut
    answered = [caller.receive().status for _ in range(3)]
    caller.close()

    assert answered == [302, 200, 200]


ENDLESS = {
    "a header": (b"GET / HTTP/1.1\r\nhost: e\r\nx: ", b"a" * 8_192, 431),
    "headers": (b"GET / HTTP/1.1\r\nhost: e\r\n", b"x: y\r\n" * 1_000, 431),
    "a target": (b"GET /", b"a" * 8_192, 414),
    "a name of a header": (b"GET / HTTP/1.1\r\nhost: e\r\n", b"a" * 8_192, 431),
    "an extension of a chunk": (CHUNKED.partition(b"9\r\n")[0] + b"9;x=", b"a" * 8_192, 413),
    "chunks": (CHUNKED.partition(b"9\r\n")[0], b"1\r\na\r\n" * 1_000, 413),
    "trailers": (CHUNKED.removesuffix(b"\r\n"), b"x: y\r\n" * 1_000, 413),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_given_up(safe: RunningEdge, name: str) -> None:
    begin, more, status = ENDLESS[name]
    caller = safe.caller()
    caller.send(begin)
    sent = 0
    with suppress(ConnectionError):
        for _ in count():
            caller.send(more)
            sent += len(more)
            assert sent < 4_000_000, "it reads on and on"
    with suppress(ConnectionError):  # what it did not read any more may have cost the answer
        assert caller.receive().status == status


def test_a_request_with_expectation_waits_for_its_turn(safe: RunningEdge) -> None:
    head, _, body = POST.partition(b"\r\n\r\n")
    caller = safe.caller()
    caller.send(GOOD + head + b"\r\nexpect: 100-continue\r\n\r\n")

    assert caller.receive().status == 302
    assert caller.receive(head=True).status == 100
    caller.send(body)
    assert caller.receive().status == 200
