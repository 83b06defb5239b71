"""What an idle installation costs: memory of all its processes, processor, disk, and how soon it serves after a start.

Run `rapport demo` first, or let this build the demo. Options: a data folder that holds the demo (default: a new one),
`--seconds N` to watch it idle (default 300: the monitor looks by the minute, and its own orders come by the half hour).
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("rapport")
LOCK = Path(__file__).parent.parent / "requirements" / "base.lock"
OWN = Path(__file__).parent.parent / "src" / "rapport"
START_SECONDS = 900
SETTLE_SECONDS = 45  # the jobs of a start are done by then
MOST_RESIDENT_MB, MOST_CORE_PERCENT, MOST_DISK_MB, MOST_START_S = 350, 2.0, 750, 5.0


@dataclass(frozen=True, slots=True)
class Cost:
    """One process: its own memory with its share of what it shares, and the time it computed."""

    name: str
    pss_mb: float
    rss_mb: float
    cpu_s: float


def main() -> None:
    """Start, watch, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", nargs="?", type=Path)
    options.add_argument("--seconds", type=int, default=300)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = asked.data or Path(scratch)
        if asked.data is None:
            subprocess.run([PROGRAM, "demo", "--data", data], check=True, stdout=subprocess.DEVNULL)
        _measure(data.absolute(), seconds=asked.seconds)


def _measure(data: Path, *, seconds: int) -> None:
    (data / "run.json").unlink(missing_ok=True)
    began = time.monotonic()
    with (data / "footprint.log").open("wb") as log:
        # The settings say that it is a demo, as they do when `rapport up --demo` built it; it is not built again.
        running = subprocess.Popen([PROGRAM, "up", "--data", data], stdout=log, stderr=log)
    try:
        while not (data / "run.json").exists():
            if running.poll() is not None or time.monotonic() - began > START_SECONDS:
                sys.exit(f"it did not start; see {data}/footprint.log")
            time.sleep(0.01)
        started = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
        before = _family(running.pid)
        watched = time.monotonic()
        time.sleep(seconds)
        after = _family(running.pid)
        watched = time.monotonic() - watched
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()
    _print(before, after, watched=watched, started=started)


def _print(before: dict[int, Cost], after: dict[int, Cost], *, watched: float, started: float) -> None:
    print(f"{'process':<28}{'PSS MB':>9}{'RSS MB':>9}{'% of a core':>13}")
    percent = {pid: (cost.cpu_s - before[pid].cpu_s) / watched * 100 for pid, cost in after.items() if pid in before}
    for pid, cost in sorted(after.items()):
        print(f"{cost.name:<28}{cost.pss_mb:>9.0f}{cost.rss_mb:>9.0f}{percent.get(pid, 0.0):>13.2f}")
    pss, rss = sum(cost.pss_mb for cost in after.values()), sum(cost.rss_mb for cost in after.values())
    print(f"{'all':<28}{pss:>9.0f}{rss:>9.0f}{sum(percent.values()):>13.2f}")
    disk = _disk_mb()
    for what, found, most in (
        ("resident, shared parts once (MB)", pss, MOST_RESIDENT_MB),
        ("processor, idle (% of a core)", sum(percent.values()), MOST_CORE_PERCENT),
        ("installed for use (MB)", disk, MOST_DISK_MB),
        ("start until it serves (s)", started, MOST_START_S),
    ):
        print(f"{what:<36}{found:>8.1f}   at most {most:g}: {'yes' if found <= most else 'NO'}")


def _family(parent: int) -> dict[int, Cost]:
    """Return the processes that stem from this one, with itself."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    family = {parent}
    while more := {pid for pid, above in parents.items() if above in family} - family:
        family |= more
    return {pid: _cost(pid) for pid in family}


def _cost(pid: int) -> Cost:
    folder = Path("/proc") / str(pid)
    sizes = dict(line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    # With what its children took that have ended: seldom work is done by processes of its own.
    cpu = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    role = next((word for word in words if word in {b"up", b"web", b"edge", b"worker"}), words[0])
    pss, rss = (int(sizes[key].split()[0]) / 1024 for key in ("Pss", "Rss"))
    return Cost(role.decode(), pss, rss, cpu)


def _disk_mb() -> float:
    """Return what an installation for use takes, byte code included: what the lock names, and Rapport itself."""
    names = re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(), re.MULTILINE)
    files = {path for name in names for path in _files_of(name)}
    own = {path for path in OWN.rglob("*") if path.is_file()}
    return sum(path.stat().st_size for path in files | own) / 1_000_000


def _files_of(name: str) -> Iterator[Path]:
    """Yield the files of a package and their byte code; nothing for one that this system does not need."""
    try:
        told = distribution(name).files or ()
    except PackageNotFoundError:
        return
    for entry in told:
        path = Path(str(entry.locate()))
        if path.is_file():
            yield path
        if path.suffix == ".py" and (compiled := Path(cache_from_source(str(path)))).is_file():
            yield compiled


if __name__ == "__main__":
    main()
