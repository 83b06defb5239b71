"""One server per data folder, ports that are free, and a run file that is whole or not there."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rapport.config.env import Environment
from rapport.config.errors import Stop
from rapport.config.installation import is_listening, locked, with_free_ports, write_run_file
from tests.support.ports import free_port


@pytest.fixture
def chosen(tmp_path: Path) -> Environment:
    return Environment(data=tmp_path, port=8100, edge_port=8101, metrics_port=8102, public_url="", edge_url="")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
        server.listen()
        yield server.getsockname()[1]


def test_a_second_server_on_the_same_folder_is_refused_and_told_about_the_first(chosen: Environment) -> None:
    with locked(chosen.data):
        write_run_file(chosen)
        with pytest.raises(Stop, match=r"already runs .* http://localhost:8100.*--data"), locked(chosen.data):
            pytest.fail("two servers on one folder")
    with locked(chosen.data):
        assert not (chosen.data / "run.json").exists()


def test_a_server_that_does_not_listen_yet_refuses_a_second_one_too(chosen: Environment) -> None:
    with locked(chosen.data), pytest.raises(Stop, match="already runs"), locked(chosen.data):
        pytest.fail("two servers on one folder")


def test_the_lock_of_a_killed_server_is_no_lock(chosen: Environment) -> None:
    program = (
        "import sys, time; from pathlib import Path; from rapport.config.installation import locked\n"
        "with locked(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(chosen.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        with pytest.raises(Stop), locked(chosen.data):
            pytest.fail("two servers on one folder")
        server.kill()
    with locked(chosen.data):
        write_run_file(chosen)


def test_the_run_file_says_where_to_go(chosen: Environment) -> None:
    write_run_file(chosen)
    facts = json.loads((chosen.data / "run.json").read_text())
    assert (facts["web"], facts["edge"]) == ("http://localhost:8100", "http://localhost:8101")
    assert facts["metrics"] == "http://localhost:8102"


def test_a_taken_port_gives_way_to_the_next_free_one(chosen: Environment, taken_port: int) -> None:
    wanted = chosen.model_copy(update={"port": taken_port, "edge_port": taken_port + 1, "metrics_port": taken_port + 1})
    found = with_free_ports(wanted)
    assert found.port > taken_port
    assert len({taken_port, found.port, found.edge_port, found.metrics_port}) == 4


def test_without_any_free_port_the_operator_is_told(chosen: Environment) -> None:
    with ExitStack() as servers:
        for port in (65534, 65535):
            servers.enter_context(socket.create_server(("127.0.0.1", port)))
        with pytest.raises(Stop, match="No free port from 65534"):
            with_free_ports(chosen.model_copy(update={"port": 65534}))


def test_listening_is_seen_from_every_way_of_naming_this_machine(taken_port: int) -> None:
    assert is_listening("127.0.0.1", taken_port)
    assert is_listening("0.0.0.0", taken_port)  # noqa: S104 - what an operator may write
    assert not is_listening("127.0.0.1", free_port())
