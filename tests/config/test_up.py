"""`rapport up`, whole and real: it serves, refuses a twin, heals, stops, and leaves nothing running."""

import os
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

from rapport.config.installation import serving_ports
from tests.config.commands import rapport
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def processes_of(running: RunningRapport) -> dict[str, int]:
    """Return the child processes by role."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_bytes().rstrip(b"\0").rsplit(b"\0", 1)[-1].decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == running.process.pid:
            # Where setproctitle is installed, the web server takes a name of its own.
            found["web" if command.startswith("granian ") else command] = int(folder.name)
    return found


def family_of(running: RunningRapport) -> list[int]:
    """Return the ids of all processes whose data folder is this one's."""
    mark = f"RAPPORT_DATA={running.data}".encode()
    family = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                family.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return family


def wait_for(is_so: Callable[[], bool], *, within_s: float = 60, log: Callable[[], str] = str) -> None:
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, f"it never came to that: {log()}"
        time.sleep(0.05)


def test_it_serves_says_where_and_refuses_a_twin(start_rapport: Start) -> None:
    running = start_rapport()
    assert status_of(f"{running.web}/accounts/login/") == 200
    assert status_of(f"{running.edge}/c/unknown") == 404
    assert status_of(f"{running.edge}/t.js") == 200
    assert set(processes_of(running)) == {"web", "edge", "worker"}
    assert f"Rapport serves {running.web}" in running.log()
    assert f"{running.web}/start/" in running.log(), "nobody owns it yet, so the first owner's address is printed"

    assert serving_ports(running.data)["edge_port"] == urlsplit(running.edge).port, "commands beside it find its doors"

    refused = rapport("up", RAPPORT_DATA=str(running.data), RAPPORT_DATABASE_URL=running.database_url)
    assert refused.returncode == 1
    assert f"already runs on {running.data} (process {running.process.pid}, {running.web})" in refused.stderr


def test_killed_roles_come_back_and_ctrl_c_leaves_nothing_running(start_rapport: Start) -> None:
    running = start_rapport()
    before = processes_of(running)
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(processes_of(running)) == 3 and not set(processes_of(running).values()) & set(before.values()))
    wait_for(lambda: _answers(f"{running.edge}/c/unknown"), log=running.log)
    wait_for(lambda: _answers(f"{running.web}/accounts/login/"), log=running.log)
    assert running.log().count("starting it again") == 3

    began_s = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(15) == 0
    assert time.monotonic() - began_s < 10
    assert family_of(running) == []
    assert not (running.data / "run.json").exists()
    assert serving_ports(running.data) == {}
    assert running.log().endswith("Stopped.\n")


def test_nothing_outlives_it_when_it_is_killed(start_rapport: Start) -> None:
    running = start_rapport()
    assert len(family_of(running)) >= 4
    running.process.kill()
    running.process.wait()
    wait_for(lambda: family_of(running) == [], within_s=20)


def _answers(url: str) -> bool:
    try:
        return status_of(url) in {200, 404}
    except OSError:
        return False
