"""The doors of the edge: sockets that listen before its processes start and stay open when they end.

Every process has a door of its own on the same port (SO_REUSEPORT): the system spreads callers among them evenly. All
share the door of the monitors. Whoever opened them holds them, so that no caller is refused while a process is renewed
or restarted: a call waits in the door that it came to.
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

DOORS_VARIABLE = "EDGE_DOORS"
_WAITING_CALLERS = 4_096


def open_doors(host: str, *, port: int, metrics_port: int, processes: int) -> list[tuple[int, int]]:
    """Open the doors of so many processes; return the descriptors of each, for visitors and for monitors.

    Raises:
        OSError: a port is taken.
    """
    _probe(host, port)  # sockets that share a port would let us join whoever has it
    monitors = _listening(host, metrics_port, shared=False)
    return [(_listening(host, port, shared=True), monitors) for _ in range(processes)]


def inherited_doors() -> tuple[int, int] | None:
    """Return the doors that this process was given, if any; asked once, before anything else is started."""
    told = os.environ.pop(DOORS_VARIABLE, "")
    if not told:
        return None
    visitors, monitors = (int(descriptor) for descriptor in told.split(","))
    for descriptor in (visitors, monitors):
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - they outlive the exec by which this becomes the edge
    return visitors, monitors


def is_listening_process(folder: Path) -> Callable[[int], bool]:
    """Return what says whether an edge process with this id stands on the roll in a folder."""
    return lambda pid: (folder / f"{pid}.json").exists()


def _probe(host: str, port: int) -> None:
    with _socket(host) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _listening(host: str, port: int, *, shared: bool) -> int:
    door = _socket(host)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    door.bind((host, port))
    door.listen(_WAITING_CALLERS)
    return door.detach()


def _socket(host: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if made.family == socket.AF_INET6:
        with suppress(OSError):
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    return made
