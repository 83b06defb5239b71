"""One installation whose roles a drill starts, kills and starts again, each in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.support.ports import free_port
from tests.support.processes import end_with_parent, wait_for_group
from tests.support.run import VAULT_VARIABLE

COMMAND = Path(sys.executable).with_name("rapport")
READY_S = 60


@dataclass
class Roles:
    """The roles of one data folder; `variables` are further settings of all of them."""

    data: Path
    database_url: str
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, role: str, **variables: str) -> None:
        """Start a role in a session of its own, so that it can be killed with everything it started."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / f"{role}.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [str(COMMAND), role],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment() | variables,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no other way ends with a test run that was killed
            )

    def kill(self, role: str) -> None:
        """End a role as `kill -9` does, at whatever it is doing."""
        process = self.processes[role]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wait_for_group(process.pid)  # an edge that is still dying holds the lock of its segment

    def stop(self, role: str) -> None:
        """Ask a role to end, and wait for it."""
        process = self.processes.pop(role, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(30)
        finally:
            self.processes[role] = process
            self.kill(role)
            del self.processes[role]

    def stop_all(self) -> None:
        """Stop whatever runs."""
        for role in list(self.processes):
            self.stop(role)

    def wait_for_edge(self) -> None:
        """Return when the edge answers."""
        deadline = time.monotonic() + READY_S
        while self.edge_status("/healthz") is None:
            assert self.processes["edge"].poll() is None, self.log("edge")
            assert time.monotonic() < deadline, self.log("edge")
            time.sleep(0.02)

    def edge_status(self, target: str) -> int | None:
        """Return with which status the edge answers, None where it does not."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", target)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def metric(self, name: str) -> float:
        """Return one figure of the edge's metrics."""
        connection = HTTPConnection("127.0.0.1", self.metrics_port, timeout=5)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        return next(
            float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"rapport_edge_{name} ")
        )

    def log(self, role: str) -> str:
        """Return the end of what a role printed."""
        return (self.data / f"{role}.log").read_text(errors="replace")[-4000:]

    def environment(self) -> dict[str, str]:
        """Return the environment of a process of this installation."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("RAPPORT_") or name == VAULT_VARIABLE
        }
        return {
            **inherited,
            "RAPPORT_DATA": str(self.data),
            "RAPPORT_DATABASE_URL": self.database_url,
            "RAPPORT_EDGE_PORT": str(self.port),
            "RAPPORT_METRICS_PORT": str(self.metrics_port),
            "RAPPORT_MONITOR_MINUTES": "0",
            **self.variables,
        }
