"""The callers: wrk on a core of its own, asking for random links or sending postbacks."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.edge_parts.servers import CALLER_CORE, LINKS, TOKEN

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HEADERS = (
    f"Host: {LINKS}\\r\\nUser-Agent: {AGENT}\\r\\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\\r\\n"
    "Accept-Language: en-GB,en;q=0.5\\r\\nReferer: https://blog.example/best-shoes\\r\\n"
    "Sec-Fetch-Dest: document\\r\\nSec-Fetch-Mode: navigate\\r\\n"
)
# Built from parts for each request: one text made beforehand would let a server remember the answer.
FOLLOW = """
local after = "?sub1=blog HTTP/1.1\\r\\n{headers}{more}\\r\\n"
function init(args) math.randomseed({seed}) end
function request() return "GET /c/c" .. math.random(0, {links} - 1) .. after end
"""
# Callers who pause: so many of them, each with a request in so many milliseconds, make a steady rate.
PAUSING = """
function delay() return {pause_ms} end
"""
REPORT = """
local number = 0
local after = "&amount=49.90&currency=EUR&kind=sale HTTP/1.1\\r\\nHost: localhost\\r\\nUser-Agent: shop\\r\\n\\r\\n"
function request()
  number = number + 1
  return "GET /pb?token={token}&order_id={seed}-" .. number .. after
end
"""
_PAUSE_MS = 20
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: answers a second, and the milliseconds within which half and 99 of 100 answers came."""

    per_s: float
    p50_ms: float
    p99_ms: float
    answers: int
    failures: int


def follow(  # noqa: PLR0913 - what is asked, how often, how long
    port: int,
    folder: Path,
    *,
    connections: int,
    seconds: float,
    links: int,
    close: bool,
    seed: int,
    scheme: str = "http",
) -> Load:
    """Follow random links for a while; with `close`, every visitor comes over a connection of its own."""
    more = "Connection: close\\r\\n" if close else ""
    script = FOLLOW.format(headers=HEADERS, more=more, links=links, seed=seed)
    return _wrk(port, folder / "follow.lua", script, connections=connections, seconds=seconds, scheme=scheme)


def visit(port: int, folder: Path, *, per_s: int, seconds: float, links: int, scheme: str = "http") -> Load:
    """Follow random links at a steady rate, over connections that stay."""
    connections = max(1, per_s * _PAUSE_MS // 1_000)
    script = FOLLOW.format(headers=HEADERS, more="", links=links, seed=1) + PAUSING.format(pause_ms=_PAUSE_MS - 1)
    return _wrk(port, folder / "visit.lua", script, connections=connections, seconds=seconds, scheme=scheme)


def report(port: int, folder: Path, *, connections: int, seconds: float, seed: int) -> Load:
    """Send postbacks for a while, each about an order of its own."""
    script = REPORT.format(token=TOKEN, seed=seed)
    return _wrk(port, folder / "report.lua", script, connections=connections, seconds=seconds)


def _wrk(port: int, path: Path, script: str, *, connections: int, seconds: float, scheme: str = "http") -> Load:
    path.write_text(script)
    host = LINKS if scheme == "https" else "127.0.0.1"
    command = ["/usr/bin/taskset", "-c", CALLER_CORE, "wrk", "--latency", "-t1", f"-c{connections}"]
    command += [
        f"-d{seconds:g}s",
        "--timeout",
        "10s",
        "-s",
        str(path),
        f"{scheme}://{host}:{port}/",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60)
    return _read(done.stdout)


def _read(printed: str) -> Load:
    """Read what wrk printed. Raises AssertionError if it is not the output of wrk 4."""
    rate, answers = _found(r"Requests/sec:\s+([\d.]+)", printed), _found(r"(\d+) requests in", printed)
    wrong = [re.search(r"Non-2xx or 3xx responses: (\d+)", printed)]
    wrong += [re.search(rf"Socket errors:.*{kind} (\d+)", printed) for kind in ("connect", "read", "write", "timeout")]
    failures = sum(int(match[1]) for match in wrong if match)
    return Load(float(rate), _percentile("50", printed), _percentile("99", printed), int(answers), failures)


def _percentile(percent: str, printed: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", _found(rf"\n\s+{percent}%\s+(\S+)", printed)).groups()  # type: ignore[union-attr]  # wrk always writes a unit
    return float(number) * _UNITS[unit]


def _found(pattern: str, printed: str) -> str:
    match = re.search(pattern, printed)
    assert match, printed  # noqa: S101 - what wrk 4 prints
    return match[1]
