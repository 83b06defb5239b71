"""What the edge counts, and how Prometheus reads it."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from rapport.edge.reasons import Reason, Refusal

OK = "ok"
TAKEN = "taken"


class Counters(msgspec.Struct, kw_only=True):
    """Counts since the start of the process."""

    # In the process that counts they are Counters, where a new status need not be there before it is counted.
    clicks: dict[str, int] = msgspec.field(default_factory=lambda: Counter(dict.fromkeys([OK, *Reason], 0)))
    postbacks: dict[str, int] = msgspec.field(default_factory=lambda: Counter(dict.fromkeys([TAKEN, *Refusal], 0)))
    answers: dict[int, int] = msgspec.field(default_factory=Counter)
    impressions: int = 0
    unjournalled_clicks: int = 0
    unjournalled_impressions: int = 0
    journal_failures: int = 0
    torn_bytes: int = 0
    syncs: int = 0
    sync_seconds: float = 0.0

    def figures(self) -> "Figures":
        """Return the counts as other processes read them; what else there is to tell of a process is left free."""
        counted = msgspec.structs.asdict(self)
        told = {
            "clicks": {str(word): count for word, count in self.clicks.items()},
            "postbacks": {str(word): count for word, count in self.postbacks.items()},
            "answers": dict(self.answers),
        }
        return Figures(pid=os.getpid(), **(counted | told))


class Figures(Counters, kw_only=True):
    """What one process counted since it started, and how it is."""

    pid: int
    connections: int = 0
    book_version: int = 0
    book_damage: str = ""
    started_ms: int = 0
    failing: bool = False


def metrics_text(processes: Sequence[Figures]) -> str:
    """Return the counts of all processes, summed and each, in Prometheus' text format."""
    return "\n".join([*_sums(processes), *_each(processes)]) + "\n"


def _sums(processes: Sequence[Figures]) -> Iterator[str]:
    clicks, postbacks, answers = Counter[str](), Counter[str](), Counter[int]()
    for one in processes:
        clicks.update(one.clicks)
        postbacks.update(one.postbacks)
        answers.update(one.answers)
    yield from _labelled("clicks_total", "Clicks by what was found about them.", "reason", clicks)
    yield from _labelled("postbacks_total", "Postbacks by what became of them.", "outcome", postbacks)
    yield from _labelled("answers_total", "Answers by HTTP status.", "status", answers)
    unjournalled = sum(one.unjournalled_clicks for one in processes)
    failures = sum(one.journal_failures for one in processes)
    yield from _single("unjournalled_clicks_total", "Visitors led on whose click the disk refused.", unjournalled)
    yield from _single("journal_failures_total", "Times the disk refused to write or sync.", failures)
    shown, refused = sum(one.impressions for one in processes), sum(one.unjournalled_impressions for one in processes)
    yield from _single("impressions_total", "Showings.", shown)
    yield from _single("unjournalled_impressions_total", "Those of them that the disk refused.", refused)
    torn, syncs = sum(one.torn_bytes for one in processes), sum(one.syncs for one in processes)
    yield from _single("torn_bytes_total", "Bytes of cut-off lines dropped at recovery.", torn)
    yield from _single("syncs_total", "Group commits.", syncs)
    seconds = sum(one.sync_seconds for one in processes)
    yield from _single("sync_seconds_total", "Time spent in group commits.", f"{seconds:.6f}")
    connections, version = sum(one.connections for one in processes), min(one.book_version for one in processes)
    yield from _single("connections", "Open connections.", connections, kind="gauge")
    yield from _single("book_version", "Oldest link book in use, 0 for none.", version, kind="gauge")
    yield from _single("processes", "Processes that answer.", len(processes), kind="gauge")


def _each(processes: Sequence[Figures]) -> Iterator[str]:
    """Say how the work is spread; the names differ from those of the sums, so that nothing is added up twice."""
    clicks = {one.pid: sum(one.clicks.values()) for one in processes}
    yield from _labelled("process_clicks_total", "Clicks by process.", "pid", clicks)
    answers = {one.pid: sum(one.answers.values()) for one in processes}
    yield from _labelled("process_answers_total", "Answers by process.", "pid", answers)
    connections = {one.pid: one.connections for one in processes}
    yield from _labelled("process_connections", "Open connections by process.", "pid", connections, kind="gauge")


def _labelled(
    name: str, meaning: str, label: str, counts: Mapping[str, int] | Mapping[int, int], *, kind: str = "counter"
) -> Iterator[str]:
    yield f"# HELP rapport_edge_{name} {meaning}"
    yield f"# TYPE rapport_edge_{name} {kind}"
    for value, count in counts.items():
        yield f'rapport_edge_{name}{{{label}="{value}"}} {count}'


def _single(name: str, meaning: str, value: float | str, *, kind: str = "counter") -> Iterator[str]:
    yield f"# HELP rapport_edge_{name} {meaning}"
    yield f"# TYPE rapport_edge_{name} {kind}"
    yield f"rapport_edge_{name} {value}"
