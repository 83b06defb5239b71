"""Runs the real `rapport up` for a test, on free ports, with a data folder and a database of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.processes import end_with_parent
from tests.support.run import VAULT_VARIABLE, Run

# A loaded machine with two cores starts five processes in a few seconds; loading the demo takes longer.
START_SECONDS = 120
STOP_SECONDS = 20
POLL_SECONDS = 0.05

COMMAND = Path(sys.executable).with_name("rapport")
LOG = "up.log"


@dataclass(frozen=True, slots=True)
class RunningRapport:
    """A running installation: the addresses that it wrote into `run.json`, its folder and its database."""

    web: str
    edge: str
    metrics: str
    data: Path
    database_url: str
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """Return what the programs have printed so far."""
        return (self.data / LOG).read_text(errors="replace")


@pytest.fixture
def start_rapport(
    run: Run, copy_database: Callable[[], str], tmp_path: Path
) -> Iterator[Callable[..., RunningRapport]]:
    """Return a function that starts `rapport up`; arguments are further options, variables further settings."""
    with ExitStack() as running:

        def start(*options: str, **variables: str) -> RunningRapport:
            data = tmp_path / f"installation-{len(list(tmp_path.iterdir()))}"
            url = run.engine.url(copy_database())
            return running.enter_context(running_rapport(*options, data=data, database_url=url, variables=variables))

        yield start


@pytest.fixture(scope="session")
def demo_rapport(
    run: Run,
    copy_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningRapport]:
    """One installation with the demo program for all tests of a worker that do not mind each other's traces."""
    data = tmp_path_factory.mktemp("demo")
    url = run.engine.url(copy_database())
    with running_rapport("--demo", data=data, database_url=url, variables={}) as running:
        yield running


@contextmanager
def running_rapport(
    *options: str,
    data: Path,
    database_url: str,
    variables: dict[str, str],
) -> Iterator[RunningRapport]:
    """Start `rapport up`, wait until it says where it listens, and stop it as ctrl-C would."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOG).open("wb") as log:
        process = subprocess.Popen(
            [str(COMMAND), "up", *options],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(data=data, database_url=database_url, variables=variables),
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other way ends with a test run that was killed
        )
    try:
        addresses = _wait_for_addresses(process, data=data)
        yield RunningRapport(**addresses, data=data, database_url=database_url, process=process)
    finally:
        _stop(process, data=data)


def _environment(*, data: Path, database_url: str, variables: dict[str, str]) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_") or name == VAULT_VARIABLE
    }
    return {
        **inherited,
        "RAPPORT_DATA": str(data),
        "RAPPORT_DATABASE_URL": database_url,
        "RAPPORT_PORT": str(free_port()),
        "RAPPORT_EDGE_PORT": str(free_port()),
        "RAPPORT_METRICS_PORT": str(free_port()),
        # The monitor's own test orders would stand among those that tests count.
        "RAPPORT_MONITOR_MINUTES": "0",
        # A demo of two months has something on every page and is built in seconds.
        "RAPPORT_DEMO_PARTNERS": "10",
        "RAPPORT_DEMO_MONTHS": "2",
        **variables,
    }


def _wait_for_addresses(process: subprocess.Popen[bytes], *, data: Path) -> dict[str, str]:
    deadline = time.monotonic() + START_SECONDS
    addresses = data / "run.json"
    while not addresses.is_file():
        if process.poll() is not None:
            pytest.fail(f"`rapport up` ended with {process.returncode}:\n{_tail(data)}")
        if time.monotonic() > deadline:
            pytest.fail(f"`rapport up` was not ready after {START_SECONDS} s:\n{_tail(data)}")
        time.sleep(POLL_SECONDS)
    found = json.loads(addresses.read_text())
    return {name: found[name] for name in ("web", "edge", "metrics")}


def _stop(process: subprocess.Popen[bytes], *, data: Path) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail(f"`rapport up` did not stop within {STOP_SECONDS} s of ctrl-C:\n{_tail(data)}")


def _tail(data: Path) -> str:
    return (data / LOG).read_text(errors="replace")[-4000:]
