"""Edge processes tell one another how they are: none is lost, none that is dead is believed."""

import fcntl
import json
import os
from pathlib import Path

import msgspec
import pytest

from rapport.edge.counters import Figures
from rapport.edge.roll import Roll, living
from tests.edge.conftest import Response, RunningEdge


def test_nobody_stands_on_the_roll_before_its_first_figures(tmp_path: Path) -> None:
    own = tmp_path / f"{os.getpid()}.json"
    own.write_text("{}")  # a process with our number died here
    roll = Roll(tmp_path)
    assert not own.exists()
    assert list(living(tmp_path)) == []
    roll.write(Figures(pid=7))
    assert [one.pid for one in living(tmp_path)] == [7]
    roll.close()
    assert list(tmp_path.iterdir()) == []


def test_who_was_taken_for_dead_comes_back_with_the_next_figures(tmp_path: Path) -> None:
    roll = Roll(tmp_path)
    roll.write(Figures(pid=7))
    (tmp_path / f"{os.getpid()}.json").unlink()
    roll.write(Figures(pid=8))
    assert [one.pid for one in living(tmp_path)] == [8]
    roll.write(Figures(pid=9))
    assert [one.pid for one in living(tmp_path)] == [9]
    roll.close()


def test_what_a_dead_process_left_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_bytes(b'{"pid":1}')
    assert list(living(tmp_path)) == []
    assert not (tmp_path / "1.json").exists()


def test_the_operator_reads_of_every_process_and_a_stranger_of_none(edge: RunningEdge) -> None:
    assert json.loads(edge.get("/healthz").body) == {"status": "ok", "journal": "ok"}
    folder = edge.edge._settings.data / "edges"
    damaged = Figures(pid=1, started_ms=5, unjournalled_clicks=3, book_damage="torn")
    with (folder / "1.json").open("w+b", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(msgspec.json.encode(damaged))
        told = json.loads(health_of(edge).body)
    assert told["book_damage"] == "torn"
    assert told["unrecorded_clicks"]["5-1"] == 3
    assert len(told["unrecorded_clicks"]) == 2


def health_of(edge: RunningEdge) -> Response:
    with edge.caller(monitor=True) as caller:
        caller.send(b"GET /healthz HTTP/1.1\r\nhost: e\r\n\r\n")
        return caller.receive()


@pytest.mark.parametrize("failing", [False, True])
def test_one_process_that_fails_fails_all(edge: RunningEdge, failing: bool) -> None:
    folder = edge.edge._settings.data / "edges"
    with (folder / "1.json").open("w+b", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(msgspec.json.encode(Figures(pid=1, failing=failing)))
        assert health_of(edge).status == (503 if failing else 200)
