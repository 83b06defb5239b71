"""One running installation on one data folder: its lock, its free ports, and the file that says where it listens."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.config.errors import Stop

# The edge needs the locks of this module and not what reads settings.
if TYPE_CHECKING:
    from rapport.config.env import Environment

RUN_FILE = "run.json"
LOCK_FILE = "lock"
ROLES_FILE = "roles.lock"
PORTS = ("port", "edge_port", "metrics_port")
PORTS_TO_TRY = 200


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data folder for this process; the lock ends with the process, however it ends.

    Raises Stop when another server holds it.
    """
    with (data / LOCK_FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(_already_runs(data)) from None
        (data / RUN_FILE).unlink(missing_ok=True)  # left behind by a server that was killed
        yield
        (data / RUN_FILE).unlink(missing_ok=True)


def serving_ports(data: Path) -> dict[str, int]:
    """Return the ports of the `rapport up` that serves this folder now; none where no such process lives."""
    try:
        with (data / LOCK_FILE).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with suppress(FileNotFoundError, ValueError, KeyError):  # it has only begun, or is of an earlier version
            ports: dict[str, int] = json.loads((data / RUN_FILE).read_text())["ports"]
            return ports
    except FileNotFoundError:
        pass
    return {}


@contextmanager
def present(data: Path) -> Iterator[None]:
    """Show that a role runs on this folder, beside any others, as long as its process lives."""
    with (data / ROLES_FILE).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the folder while no role runs on it; raises Stop when one does."""
    with (data / ROLES_FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"Web, edge or a worker still runs on {data}. Stop them first, all of them.") from None
        yield


def _already_runs(data: Path) -> str:
    try:
        known = json.loads((data / RUN_FILE).read_text())
        where = f" (process {known['pid']}, {known['web']})"
    except (FileNotFoundError, ValueError, KeyError):
        where = ""
    return f"Rapport already runs on {data}{where}. Stop it first, or choose another folder with --data."


def with_free_ports(chosen: "Environment") -> "Environment":
    """Return the settings with ports that nobody listens on: the chosen ones, else the next free ones."""
    taken: set[int] = set()
    ports = {}
    for name in PORTS:
        ports[name] = _free_port(chosen.host, first=getattr(chosen, name), taken=taken)
        taken.add(ports[name])
    return chosen.model_copy(update=ports)


def _free_port(host: str, *, first: int, taken: set[int]) -> int:
    for port in range(first, min(first + PORTS_TO_TRY, 65536)):
        if port not in taken and _is_free(host, port):
            return port
    raise Stop(f"No free port from {first} on. Choose another with --port.")


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_listening(host: str, port: int) -> bool:
    """Return whether somebody answers at this address of this machine."""
    try:
        socket.create_connection((_reachable(host), port), timeout=1).close()
    except OSError:
        return False
    return True


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - "every address" is what is compared


def write_run_file(chosen: "Environment") -> None:
    """Say where this installation listens, whole or not at all: others wait for this file."""
    facts = {
        "web": chosen.web_address,
        "edge": chosen.edge_address,
        "metrics": f"http://localhost:{chosen.metrics_port}",
        "pid": os.getpid(),
        "ports": {name: getattr(chosen, name) for name in PORTS},
    }
    draft = chosen.data / f"{RUN_FILE}.new"
    draft.write_text(json.dumps(facts, indent=2) + "\n")
    draft.replace(chosen.data / RUN_FILE)
