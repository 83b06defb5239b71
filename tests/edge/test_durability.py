"""What was acknowledged is in the journal: after kill -9, on a full disk, on a disk that cannot sync, at a stop."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rapport.edge import EdgeSettings
from rapport.wire import journal, linkbook
from rapport.wire.events import ClickEvent, Event, PostbackEvent
from tests.edge.conftest import BROWSER, KEYS, PROGRAM, TOKEN, Caller, RunningEdge, events_of, make_link, running
from tests.support.ports import free_port

CLICK = f"GET /c/abc HTTP/1.1\r\nhost: e\r\nuser-agent: {BROWSER}\r\n\r\n".encode()
POSTBACK = f"GET /pb?token={TOKEN}&kind=sale HTTP/1.1\r\nhost: e\r\n\r\n".encode()
EVENT: dict[str, Any] = {"receipt_id": "rcp_0", "at_ms": 0, "program_id": "prg_1", "auth": "token"}
PROGRAM_TEXT = """
import sys
from pathlib import Path
from rapport.edge import EdgeSettings, run
data, port, metrics_port = sys.argv[1:]
names = frozenset({'e', 'edge.example'})
sys.exit(run(EdgeSettings(data=Path(data), port=int(port), metrics_port=int(metrics_port), own_hosts=names)))
"""


@contextmanager
def edge_process(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run an edge as a program of its own."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM_TEXT, str(data), str(port), "0"]) as process:
        try:
            wait_for(port)
            yield process
        finally:
            process.kill()


def wait_for(port: int) -> None:
    """Return when somebody listens on a port."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise TimeoutError(port)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a link book."""
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    return tmp_path


def call_until_dead(port: int, request: bytes, answers: list[str]) -> None:
    """Send the request again and again; note click ids and receipts that came back whole."""
    # What is suppressed is the end: the edge is dead, and its last answer was cut off.
    with suppress(OSError, IndexError, ValueError), Caller(port) as caller:
        while True:
            caller.send(request)
            response = caller.receive()
            if response.status == 302:
                answers.append(parse_qs(urlsplit(response.location).query)["rpid"][0])
            else:
                answers.append(json.loads(response.body)["receipt"])


def test_every_answered_click_and_postback_survives_being_killed(data: Path) -> None:
    answered: list[str] = []
    for life in range(3):
        port = free_port()
        with edge_process(data, port) as process:
            callers = [
                threading.Thread(target=call_until_dead, args=(port, request, answered))
                for request in (CLICK, POSTBACK, POSTBACK, CLICK)
            ]
            for caller in callers:
                caller.start()
            time.sleep(0.3 + 0.37 * life)
            process.send_signal(signal.SIGKILL)
            for caller in callers:
                caller.join()
    journal.recover(data / "journal")

    events = events_of(data)
    written = [name_of(event) for event in events]
    assert len(answered) > 100
    assert len(written) == len(set(written))
    assert set(answered) <= set(written)


def name_of(event: Event) -> str:
    assert isinstance(event, ClickEvent | PostbackEvent)
    return event.click_id if isinstance(event, ClickEvent) else event.receipt_id


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_seals_the_journal_and_ends_well(data: Path, stop: signal.Signals) -> None:
    port = free_port()
    with edge_process(data, port) as process, Caller(port) as caller:
        caller.send(CLICK + POSTBACK)
        assert [caller.receive().status for _ in range(2)] == [302, 200]
        process.send_signal(stop)

        assert process.wait(10) == 0
        assert caller.is_closed()
    assert len(events_of(data)) == 2
    assert list((data / "journal").glob("*.open")) == []


def test_a_request_that_has_begun_is_answered_before_the_stop(data: Path) -> None:
    port = free_port()
    with edge_process(data, port) as process, Caller(port) as caller:
        caller.send(POSTBACK[:20])
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        caller.send(POSTBACK[20:])

        response = caller.receive()
        assert response.status == 200
        assert response.headers["connection"] == "close"
        assert process.wait(10) == 0
    assert len(events_of(data)) == 1


def test_a_taken_port_is_said_and_ends_with_one(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-c", PROGRAM_TEXT, str(data), str(taken.getsockname()[1]), "0"]
        ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert "address already in use" in ended.stderr.lower()


def test_the_edge_starts_without_a_book(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        assert edge.get("/c/abc").status == 404


def test_what_a_dead_edge_left_is_sealed_at_the_next_start(data: Path) -> None:
    port = free_port()
    with edge_process(data, port) as process, Caller(port) as caller:
        caller.send(POSTBACK)
        assert caller.receive().status == 200
        process.kill()
    (left,) = (data / "journal").glob("*.open")
    with left.open("ab") as file:
        file.write(b'{"crc":"00000000","ev')

    with running(data) as edge:
        assert edge.metrics()["torn_bytes_total"] == 21
        assert len(events_of(data)) == 1


def test_consumers_see_a_click_soon(data: Path) -> None:
    settings = EdgeSettings(data=data, port=0, metrics_port=0, segment_seconds=0.05)
    with running(data, settings) as edge:
        edge.get("/c/abc")
        deadline = time.monotonic() + 5
        while not events_of(data) and time.monotonic() < deadline:
            time.sleep(0.02)

        assert len(events_of(data)) == 1


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_on_a_full_disk_visitors_are_led_on_and_postbacks_sent_away(edge: RunningEdge) -> None:
    with full_disk():
        click = edge.get("/c/abc")
        postback = edge.get(f"/pb?token={TOKEN}&kind=sale")
        health = edge.get("/healthz")
    assert click.status == 302
    assert "rpid=" in click.location
    assert postback.status == 503
    assert json.loads(postback.body)["detail"] == "The postback could not be stored. Please send it again later."
    assert health.status == 503
    metrics = edge.metrics()
    assert metrics["unjournalled_clicks_total"] == 1
    assert metrics['postbacks_total{outcome="not_stored"}'] == 1

    assert edge.get(f"/pb?token={TOKEN}&kind=sale").status == 200
    assert edge.get("/healthz").status == 200
    assert isinstance(edge.postback(), PostbackEvent)


@contextmanager
def disk_that_cannot_sync(edge: RunningEdge) -> Iterator[None]:
    """Put a pipe, which cannot be synced, in the place of the open segment."""
    segment = edge.edge._station.journal._writer._segment
    assert segment is not None
    kept, (reading, pipe) = os.dup(segment._fd), os.pipe()
    os.dup2(pipe, segment._fd)
    try:
        yield
    finally:
        os.dup2(kept, segment._fd)
        for used in (kept, reading, pipe):
            os.close(used)


def test_a_postback_that_could_not_be_synced_is_not_acknowledged(data: Path) -> None:
    settings = EdgeSettings(data=data, port=0, metrics_port=0, segment_seconds=0.05)
    with running(data, settings) as edge:
        edge.within(lambda: edge.edge._station.journal.write(PostbackEvent(**EVENT)))
        with disk_that_cannot_sync(edge):
            assert edge.get(f"/pb?token={TOKEN}&kind=sale").status == 503
            time.sleep(0.2)  # sealing fails too, and is tried again
            assert edge.get("/healthz").status == 503

        assert edge.metrics()["journal_failures_total"] >= 2
        assert edge.get(f"/pb?token={TOKEN}&kind=sale").status == 200


def test_a_journal_that_cannot_be_sealed_at_the_stop_is_said_and_recovered_later(data: Path) -> None:
    port = free_port()
    with edge_process(data, port) as process, Caller(port) as caller:
        caller.send(POSTBACK)
        assert caller.receive().status == 200
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, 0))
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 1
    journal.recover(data / "journal")
    assert len(events_of(data)) == 1
