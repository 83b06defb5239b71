"""Whether the edge keeps its promises for long: a steady rate of clicks with the lake filled and asked beside it.

    python -m bench.sustained [--per-second 10000] [--seconds 20]      --seconds 600 is the whole of it
    python -m bench.sustained --tls --per-second 3000                  the same behind Caddy

The edge is one process on core 0; wrk on core 1 follows random links of 100,000, over connections that pause 20 ms
between requests, so a slow answer lowers the rate a little: `per_s` says what came of it. Beside them, on whichever
core is free, one process carries the journal into the lake every two seconds, tidies it every half minute and asks for
the program's totals every second. Clicks of wrk that the lake marks as repeats count like all others here. With `--tls`
all goes through Caddy with the file that `rapport setup` writes, on whichever core is free; connections stay, so
greetings are not measured.

    lost         clicks that were answered and are not in the lake in the end (0)
    p99_ms       of the answers, from request to answer (under 10 on an idle machine)
    ceiling_*    with `--tls`: what Caddy does in front of a server that does nothing (`bench/edge_parts/bare.py`),
                 asked as fast as it can answer, before the rest begins
    behind_s     age of the oldest segment that was sealed and not yet in the lake, at worst (at most 10)
    question_ms  the slowest question
    foreign      percent of the machine that other processes took

The last line is JSON.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.edge_parts import callers, machine, servers
from bench.edge_parts.servers import Server

CEILING_S = 5.0
LAKE_SIDE_S = 120  # for what is left to carry over in the end


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-second", type=int, default=10_000, help="clicks a second that are tried")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--links", type=int, default=100_000)
    parser.add_argument("--tls", action="store_true", help="behind Caddy")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        servers.publish(data, options.links)
        ceiling = _ceiling(data, options.links) if options.tls else {}
        print(json.dumps({**ceiling, **_measure(data, options)}))


def _ceiling(data: Path, links: int) -> dict[str, object]:
    """Return what the proxy can do at most."""
    with servers.bare() as least, servers.caddy(data / "proxy", behind=least) as proxy:
        load = callers.follow(
            proxy.port, data, connections=64, seconds=CEILING_S, links=links, close=False, seed=1, scheme="https"
        )
    return {"ceiling_per_s": round(load.per_s), "ceiling_p99_ms": load.p99_ms}


@contextmanager
def _door(data: Path, edge: Server, *, tls: bool) -> Iterator[tuple[Server, str]]:
    """Give the server that is called, and how."""
    if not tls:
        yield edge, "http"
        return
    with servers.caddy(data / "proxy", behind=edge) as proxy:
        yield proxy, "https"


def _measure(data: Path, options: argparse.Namespace) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.edge_parts.lake_side", str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lake:
        with (
            servers.edge(data, trusted_proxies=("127.0.0.1",) if options.tls else ()) as server,
            _door(data, server, tls=options.tls) as (door, scheme),
        ):
            pids = list({server.pid, door.pid, lake.pid})
            before = machine.moment(pids)
            load = callers.visit(
                door.port,
                data,
                per_s=options.per_second,
                seconds=options.seconds,
                links=options.links,
                scheme=scheme,
            )
            foreign = machine.foreign_percent(before, machine.moment(pids))
            rss = machine.resident_mb(server.pid)
        printed, _ = lake.communicate("enough\n", timeout=LAKE_SIDE_S)
    found = json.loads(printed)
    return {
        "per_s": round(load.per_s),
        "answered": load.answers,
        "failures": load.failures,
        "lost": max(0, load.answers - load.failures - found["in_lake"]),
        "p50_ms": load.p50_ms,
        "p99_ms": load.p99_ms,
        "rss_mb": round(rss, 1),
        "foreign": round(foreign),
        **found,
    }


if __name__ == "__main__":
    main()
