"""How fast the edge follows links and takes postbacks, beside nginx and beside the disk, in one run.

    make bench-edge                          installs nginx and wrk (Debian) and runs everything
    python -m bench.edge [--rounds 3] [--seconds 4] [--links 100000] [--only keep-alive]

nginx answers `return 302` with a buffered access log. The edge looks random links up in a book of 100,000, judges the
visitor, mints a signed click id, writes the click down, syncs it within 10 ms and sets the cookie. `bare` is the least
that a server in Python can do (`bench/edge_parts/bare.py`). Each is one process on core 0, and wrk on core 1 calls them
in turn, so that a ratio compares neighbours in time. Three ways to call:

    keep-alive   64 connections that stay, one request under way on each
    close        64 callers, each request over a connection of its own (`Connection: close`)
    crowd        1,000 connections that stay

What the figures mean, each the median of the rounds that count:

    per_s        answers a second; `ratio` is the edge's over nginx's (aim 1.0, at least 0.7), `bare_ratio` that of the
                 least: where it is far above, what remains to nginx is the machine's and not the edge's to win
    p50, p99     milliseconds within which half and 99 of 100 answers came. wrk asks as fast as it can, so this is time
                 in a queue that is always full; `p99_ratio` is the edge's over nginx's (at most 1.5)
    core         percent of its core that the server used: well below 100, the callers were the limit and not the server
    cpu_us       microseconds of its core that the server used per answer, the kernel's work included: what others take
                 lengthens the time and hardly this. The edge's less `bare`'s is what a click costs in our own code
    rss_mb       the most memory the edge ever had resident, in millions of bytes (under 60)
    postbacks    receipts a second to 256 senders, each after the disk has the postback; F is how often a second one
                 writer can append 400 bytes and fdatasync in the same folder, measured before and after each round;
                 `per_F` is postbacks over F (at least 5)
    lost         clicks and receipts that wrk saw answered and the journal does not hold (0)

A round in which other processes took more than 8 % of the machine is thrown away and repeated, up to three times as
many rounds as asked for. Where too few were quiet the quietest of the others fill up, and `loud_rounds` counts them:
figures with loud rounds are a hint, no proof. The last line is JSON.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.edge_parts import callers, machine, servers
from bench.edge_parts.callers import Load
from bench.edge_parts.servers import Server
from rapport.wire import journal

MOST_FOREIGN_PERCENT = 8.0
TRIES_PER_ROUND = 3
WAYS = {"keep-alive": (64, False), "close": (64, True), "crowd": (1_000, False)}
REPORTERS = 256


@dataclass(frozen=True, slots=True)
class Run:
    """A server under load: what the callers saw, what it took, what others took meanwhile."""

    load: Load
    core_percent: float
    rss_mb: float
    foreign_percent: float


@dataclass(frozen=True, slots=True)
class Round:
    """Two runs that are compared, or a run and the rate of the disk."""

    edge: Run
    nginx: Run | None = None
    bare: Run | None = None
    syncs_per_s: float = 0.0

    @property
    def foreign_percent(self) -> float:
        """What others took in the louder half."""
        return max(run.foreign_percent for run in (self.edge, self.nginx, self.bare) if run is not None)


class Bench:
    """One measurement in a folder of its own."""

    def __init__(self, folder: Path, *, rounds: int, seconds: float, links: int) -> None:
        self._folder, self._rounds, self._seconds, self._links = folder, rounds, seconds, links
        self._seed = 0
        self._answered = 0

    def follow(self, way: str) -> dict[str, object]:
        """Compare how links are followed, called in one of the ways."""
        connections, close = WAYS[way]

        def call(server: Server) -> Load:
            self._seed += 1
            told = {"connections": connections, "seconds": self._seconds, "links": self._links}
            return callers.follow(server.port, self._folder, close=close, seed=self._seed, **told)  # type: ignore[arg-type]  # numbers, each of its kind

        def measure() -> Round:
            with servers.nginx(self._folder / "nginx") as server:
                beside = _run(server, call)
            with servers.bare() as server:
                least = _run(server, call)
            return Round(edge=self._edge(call), nginx=beside, bare=least)

        return _compared(*self._quiet(way, measure))

    def report(self) -> dict[str, object]:
        """Compare how postbacks are acknowledged with what the disk can sync."""

        def call(server: Server) -> Load:
            self._seed += 1
            return callers.report(
                server.port, self._folder, connections=REPORTERS, seconds=self._seconds, seed=self._seed
            )

        def measure() -> Round:
            before = machine.syncs_per_s(self._folder, seconds=1)
            run = self._edge(call)
            return Round(edge=run, syncs_per_s=(before + machine.syncs_per_s(self._folder, seconds=1)) / 2)

        return _held_to_disk(*self._quiet("postbacks", measure))

    def lost(self) -> int:
        """Return how many answers have nothing in the journal; wrk's last ones are written and not counted by it."""
        paths = journal.sealed_segments(self._folder / "journal")
        return max(0, self._answered - sum(1 for path in paths for _ in journal.read_segment(path)))

    def _edge(self, call: Callable[[Server], Load]) -> Run:
        with servers.edge(self._folder) as server:
            run = _run(server, call)
        self._answered += run.load.answers - run.load.failures
        return run

    def _quiet(self, name: str, measure: Callable[[], Round]) -> tuple[list[Round], int]:
        """Return the rounds that count and how many of them were loud."""
        quiet: list[Round] = []
        loud: list[Round] = []
        while len(quiet) < self._rounds and len(quiet) + len(loud) < self._rounds * TRIES_PER_ROUND:
            done = measure()
            (loud if done.foreign_percent > MOST_FOREIGN_PERCENT else quiet).append(done)
            print(f"{name}: {_told(done)}", flush=True)
        fill = sorted(loud, key=lambda one: one.foreign_percent)[: self._rounds - len(quiet)]
        return quiet + fill, len(fill)


def _run(server: Server, call: Callable[[Server], Load]) -> Run:
    before, took = machine.moment([server.pid]), machine.processor_s(server.pid)
    load = call(server)
    after, took = machine.moment([server.pid]), machine.processor_s(server.pid) - took
    return Run(
        load=load,
        core_percent=100 * took / (after.at_s - before.at_s),
        rss_mb=machine.resident_mb(server.pid),
        foreign_percent=machine.foreign_percent(before, after),
    )


def _told(one: Round) -> str:
    beside = f"F {one.syncs_per_s:,.0f}/s" if one.nginx is None else f"nginx {one.nginx.load.per_s:,.0f}/s"
    by = one.syncs_per_s if one.nginx is None else one.nginx.load.per_s
    rate, foreign = one.edge.load.per_s, one.foreign_percent
    verdict = "does not count" if foreign > MOST_FOREIGN_PERCENT else "counts"
    return f"edge {rate:,.0f}/s, {beside}, {rate / by:.2f}; others took {foreign:.0f} %: {verdict}"


def _compared(rounds: list[Round], loud: int) -> dict[str, object]:
    pairs = [(one.edge, one.nginx) for one in rounds if one.nginx is not None]
    least = [(one.bare, one.nginx) for one in rounds if one.bare is not None and one.nginx is not None]
    return {
        "edge": _figures(edge for edge, _ in pairs),
        "nginx": _figures(beside for _, beside in pairs),
        "bare": _figures(bare for bare, _ in least),
        "bare_ratio": _median(bare.load.per_s / beside.load.per_s for bare, beside in least),
        "ratio": _median(edge.load.per_s / beside.load.per_s for edge, beside in pairs),
        "p50_ratio": _median(edge.load.p50_ms / beside.load.p50_ms for edge, beside in pairs),
        "p99_ratio": _median(edge.load.p99_ms / beside.load.p99_ms for edge, beside in pairs),
        "rss_mb": max(round(edge.rss_mb, 1) for edge, _ in pairs),
        "loud_rounds": loud,
    }


def _held_to_disk(rounds: list[Round], loud: int) -> dict[str, object]:
    return {
        "edge": _figures(one.edge for one in rounds),
        "F": _median(one.syncs_per_s for one in rounds),
        "per_F": _median(one.edge.load.per_s / one.syncs_per_s for one in rounds),
        "rss_mb": max(round(one.edge.rss_mb, 1) for one in rounds),
        "loud_rounds": loud,
    }


def _figures(runs: Iterable[Run]) -> dict[str, float]:
    all_ = list(runs)
    return {
        "per_s": round(_median(run.load.per_s for run in all_)),
        "p50_ms": _median(run.load.p50_ms for run in all_),
        "p99_ms": _median(run.load.p99_ms for run in all_),
        "core": round(_median(run.core_percent for run in all_)),
        "cpu_us": _median(run.core_percent * 10_000 / run.load.per_s for run in all_),
        "failures": sum(run.load.failures for run in all_),
    }


def _median(numbers: Iterable[float]) -> float:
    return round(statistics.median(numbers), 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="quiet rounds wanted of each kind")
    parser.add_argument("--seconds", type=float, default=4, help="length of one run")
    parser.add_argument("--links", type=int, default=100_000, help="links in the book, asked for at random")
    parser.add_argument("--only", choices=[*WAYS, "postbacks"], action="append", help="measure this alone; repeatable")
    parser.add_argument("--folder", type=Path, help="where the journal lies while measuring, on the disk that counts")
    options = parser.parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        servers.publish(Path(folder), options.links)
        bench = Bench(Path(folder), rounds=options.rounds, seconds=options.seconds, links=options.links)
        for name in options.only or [*WAYS, "postbacks"]:
            figures[name] = bench.report() if name == "postbacks" else bench.follow(name)
        figures["lost"] = bench.lost()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
