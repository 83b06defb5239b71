"""HTTP as callers speak it, well or badly: order kept, limits held, ambiguity refused."""

import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.edge.settings import EdgeSettings, Limits
from rapport.wire import linkbook
from tests.edge.conftest import BROWSER, KEYS, PROGRAM, TOKEN, RunningEdge, make_link, running

CLICK = f"GET /c/abc HTTP/1.1\r\nhost: e\r\nuser-agent: {BROWSER}\r\n\r\n".encode()
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: e\r\n\r\n"
POSTBACK = f"GET /pb?token={TOKEN}&kind=sale HTTP/1.1\r\nhost: e\r\n\r\n".encode()


@pytest.fixture
def hasty_edge(tmp_path: Path) -> Iterator[RunningEdge]:
    """Run an edge with little patience and little room."""
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    limits = Limits(message_seconds=0.2, idle_seconds=0.4, connections=2, waiting_requests=2, drain_seconds=0.2)
    with running(tmp_path, EdgeSettings(data=tmp_path, port=0, metrics_port=0, limits=limits)) as run:
        yield run


def test_a_connection_serves_many_requests(edge: RunningEdge) -> None:
    caller = edge.caller()
    for _ in range(3):
        caller.send(CLICK)
        assert caller.receive().status == 302


def test_pipelined_requests_are_answered_in_order_also_behind_the_disk(edge: RunningEdge) -> None:
    caller = edge.caller()
    caller.send(HEALTH + POSTBACK + CLICK + POSTBACK + b"GET /nothing HTTP/1.1\r\nhost: e\r\n\r\n" + HEALTH)

    assert [caller.receive().status for _ in range(6)] == [200, 200, 302, 200, 404, 200]


def test_hundreds_of_pipelined_postbacks_are_all_taken(edge: RunningEdge) -> None:
    caller = edge.caller()
    for _ in range(10):
        caller.send(POSTBACK * 50)

    assert {caller.receive().status for _ in range(500)} == {200}
    assert len(edge.events()) == 500


def test_a_request_may_come_byte_by_byte(edge: RunningEdge) -> None:
    caller = edge.caller()
    for position in range(len(CLICK)):
        caller.send(CLICK[position : position + 1])

    assert caller.receive().status == 302


def test_a_caller_may_ask_to_close(edge: RunningEdge) -> None:
    caller = edge.caller()
    caller.send(CLICK.replace(b"host: e", b"host: e\r\nconnection: close") + CLICK)
    response = caller.receive()

    assert response.headers["connection"] == "close"
    assert caller.is_closed()


def test_http_1_0_closes_unless_asked_to_stay(edge: RunningEdge) -> None:
    caller = edge.caller()
    caller.send(b"GET /healthz HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
    assert caller.receive().headers["connection"] == "keep-alive"
    caller.send(b"GET /healthz HTTP/1.0\r\n\r\n")
    assert caller.receive().headers["connection"] == "close"
    assert caller.is_closed()


def test_a_target_may_be_sent_as_to_a_proxy(edge: RunningEdge) -> None:
    assert edge.raw(CLICK.replace(b"/c/abc", b"http://E/c/abc")).status == 302


def test_an_offer_of_another_protocol_is_left_alone(edge: RunningEdge) -> None:
    caller = edge.caller()
    offer = b"host: e\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk"
    caller.send(CLICK.replace(b"host: e", offer))

    assert caller.receive().status == 302
    assert caller.is_closed()


def test_who_waits_to_be_asked_for_the_body_is_asked(edge: RunningEdge) -> None:
    caller = edge.caller()
    caller.send(
        f"POST /pb?token={TOKEN} HTTP/1.1\r\nhost: e\r\ncontent-length: 6\r\nexpect: 100-continue\r\n\r\n".encode()
    )
    assert caller.receive().status == 100
    caller.send(b"kind=a")
    assert caller.receive().status == 200


MALFORMED = [
    b"\r\n\r\n\x00\x01\x02",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET /c/abc\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\n\r\n",
    b"GET /c/abc HTTP/9.9\r\nhost: e\r\n\r\n",
    b"GET /c/abc HTTP/2.0\r\nhost: e\r\n\r\n",
    b"NONSENSE /c/abc HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET c/abc HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET ftp://e/c/abc HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET http://e HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET http://evil.example/c/abc HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET /c/abc HTTP/1.1\nhost: e\n\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\r\n\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\rx: y\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET /c/a bc HTTP/1.1\r\nhost: e\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\r\nhost: f\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost : e\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\r\n folded: x\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\r\nno colon\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\r\nx: a\x00b\r\n\r\n",
    b"GET /c/abc HTTP/1.1\r\nhost: e\r\n: x\r\n\r\n",
]

SMUGGLED = [
    b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
    b"transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    b"content-length: 5\r\ncontent-length: 5\r\n",
    b"content-length: 5\r\ncontent-length: 6\r\n",
    b"content-length: 5, 5\r\n",
    b"content-length: +5\r\n",
    b"content-length: -5\r\n",
    b"content-length: 0x5\r\n",
    b"content-length: 5 5\r\n",
    b"content-length: five\r\n",
    b"content-length: 99999999999999999999999\r\n",
    b"content-length : 5\r\n",
    b"transfer-encoding: gzip\r\n",
    b"transfer-encoding: gzip, chunked\r\n",
    b"transfer-encoding: chunked, identity\r\n",
    b"transfer-encoding: xchunked\r\n",
    b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
    b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
    b"transfer-encoding:\x0bchunked\r\n",
    b"transfer-encoding\x00: chunked\r\n",
]


@pytest.fixture(scope="module")
def steady_edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEdge]:
    """Run one edge for everything bad that callers send."""
    data = tmp_path_factory.mktemp("steady")
    linkbook.publish(data / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    with running(data) as run:
        yield run


@pytest.mark.parametrize("data", MALFORMED)
def test_malformed_requests_are_refused_and_the_connection_ends(steady_edge: RunningEdge, data: bytes) -> None:
    caller = steady_edge.caller()
    caller.send(data)

    assert caller.receive().status == 400
    assert caller.is_closed()


@pytest.mark.parametrize("headers", SMUGGLED)
def test_a_request_that_two_servers_could_read_in_two_ways_is_refused(steady_edge: RunningEdge, headers: bytes) -> None:
    caller = steady_edge.caller()
    caller.send(b"POST /pb HTTP/1.1\r\nhost: e\r\n" + headers + b"\r\n0\r\n\r\n" + CLICK)

    assert caller.receive().status == 400
    assert caller.is_closed()


def test_chunks_in_http_1_0_are_refused(steady_edge: RunningEdge) -> None:
    assert steady_edge.raw(b"POST /pb HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n").status == 400


@pytest.mark.parametrize(
    "chunk", [b"5\r\nabc\r\n0\r\n\r\n", b"-1\r\n", b"0x1\r\na\r\n", b"g\r\n", b"fffffffffffffffff\r\n"]
)
def test_broken_chunks_are_refused(steady_edge: RunningEdge, chunk: bytes) -> None:
    head = f"POST /pb?token={TOKEN} HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked\r\n\r\n".encode()

    assert steady_edge.raw(head + chunk).status == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 16_384 + b" HTTP/1.1\r\nhost: e\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nhost: e\r\nx: " + b"a" * 33_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nhost: e\r\n" + b"".join(b"x%d: a\r\n" % n for n in range(101)) + b"\r\n", 431),
        (b"POST /pb HTTP/1.1\r\nhost: e\r\ncontent-length: 65537\r\n\r\n", 413),
        (
            b"POST /pb HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked\r\n\r\n10001\r\n"
            + b"a" * 65_537
            + b"\r\n0\r\n\r\n",
            413,
        ),
    ],
)
def test_everything_has_a_limit(steady_edge: RunningEdge, data: bytes, status: int) -> None:
    assert steady_edge.raw(data).status == status


def test_good_requests_before_a_bad_one_are_answered(steady_edge: RunningEdge) -> None:
    caller = steady_edge.caller()
    caller.send(POSTBACK + CLICK + b"\x00")

    assert [caller.receive().status for _ in range(3)] == [200, 302, 400]
    assert caller.is_closed()


def test_repeated_headers_are_joined(steady_edge: RunningEdge) -> None:
    lines = b"cookie: a=1\r\ncookie: rapport_prg_1=" + b"x" * 32
    response = steady_edge.raw(CLICK.replace(b"host: e", b"host: e\r\n" + lines))

    assert "." + "x" * 32 in response.headers["set-cookie"]


def test_other_addresses_have_nothing(steady_edge: RunningEdge) -> None:
    assert steady_edge.get("/").status == 404
    monitor = steady_edge.caller(monitor=True)
    monitor.send(CLICK + HEALTH)
    assert [monitor.receive().status for _ in range(2)] == [404, 200]


def test_a_slow_sender_is_cut(hasty_edge: RunningEdge) -> None:
    caller = hasty_edge.caller()
    caller.send(CLICK[:10])

    assert caller.is_closed()


def test_an_idle_caller_is_cut(hasty_edge: RunningEdge) -> None:
    caller = hasty_edge.caller()
    caller.send(CLICK)
    assert caller.receive().status == 302
    assert caller.is_closed()


def test_beyond_the_last_place_callers_are_turned_away_until_there_is_room(hasty_edge: RunningEdge) -> None:
    first, second, third = (hasty_edge.caller() for _ in range(3))
    assert third.is_closed()
    first.close()
    second.close()
    time.sleep(0.1)

    assert hasty_edge.raw(CLICK).status == 302


def test_a_crowd_behind_the_disk_is_answered_whole(hasty_edge: RunningEdge) -> None:
    caller = hasty_edge.caller()
    caller.send(POSTBACK * 30)

    assert {caller.receive().status for _ in range(30)} == {200}


def test_who_does_not_read_is_not_answered_without_end(edge: RunningEdge) -> None:
    caller = edge.caller()
    caller.send(CLICK)
    assert caller.receive().status == 302
    for connection in edge.edge.connections:
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            connection._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, buffer, 16_384)
    sent = caller.send_until_full(CLICK * 20)
    held = [connection._transport.get_write_buffer_size() for connection in edge.edge.connections]

    assert max(held) < 500_000
    assert {caller.receive().status for _ in range(sent // len(CLICK))} == {302}


def test_a_surprise_in_one_request_does_not_end_the_process(
    edge: RunningEdge, caplog: pytest.LogCaptureFixture
) -> None:
    station = edge.edge._station
    edge.within(lambda: setattr(station, "route", None))
    with caplog.at_level(logging.CRITICAL, logger="rapport.edge"):
        response = edge.raw(CLICK)

    assert response.status == 500
    assert edge.raw(HEALTH).status == 200
