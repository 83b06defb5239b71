"""What a measurement must know of the machine: who else computes, what a process takes, what the disk can sync."""

import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
LINE_BYTES = 400  # about what a journal line takes


@dataclass(frozen=True, slots=True)
class Moment:
    """The processor time spent so far: by everybody, by us, and the clock."""

    all_s: float
    own_s: float
    at_s: float


def moment(pids: Iterable[int]) -> Moment:
    """Look at the machine now; `pids` are the processes of the measurement that still live."""
    user, nice, system = (int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4])
    here = os.times()  # with what ended children took
    own = here.user + here.system + here.children_user + here.children_system
    own += sum(processor_s(pid) for pid in pids)
    return Moment((user + nice + system) / TICKS, own, time.monotonic())


def foreign_percent(before: Moment, after: Moment) -> float:
    """Return what others computed between two moments, in percent of all cores."""
    others = (after.all_s - before.all_s) - (after.own_s - before.own_s)
    return max(0.0, 100 * others / ((after.at_s - before.at_s) * (os.cpu_count() or 1)))


def processor_s(pid: int) -> float:
    """Return the processor seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    """Return the most memory a process ever had resident, in MB of a million bytes."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / 1_000_000


def syncs_per_s(folder: Path, *, seconds: float) -> float:
    """Return F: how often per second this disk takes one journal line and promises to keep it."""
    path, done, began = folder / "syncs", 0, time.monotonic()
    with path.open("wb", buffering=0) as file:
        while time.monotonic() - began < seconds:
            file.write(b"x" * LINE_BYTES)
            os.fdatasync(file.fileno())
            done += 1
    path.unlink()
    return done / (time.monotonic() - began)


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, *, seconds: float = 20) -> None:
    """Return when somebody listens. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on port {port}")
