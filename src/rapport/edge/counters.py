"""What the edge counts, and how Prometheus reads it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rapport.edge.reasons import Reason, Refusal

OK = "ok"
TAKEN = "taken"


@dataclass(slots=True)
class Counters:
    """Counts since the start of the process."""

    clicks: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys([OK, *Reason], 0)))
    postbacks: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys([TAKEN, *Refusal], 0)))
    answers: Counter[int] = field(default_factory=Counter)
    impressions: int = 0
    unjournalled_clicks: int = 0
    unjournalled_impressions: int = 0
    journal_failures: int = 0
    torn_bytes: int = 0
    syncs: int = 0
    sync_seconds: float = 0.0


def metrics_text(counters: Counters, *, connections: int, book_version: int) -> str:
    """Return the counts in Prometheus' text format."""
    return "\n".join(_lines(counters, connections=connections, book_version=book_version)) + "\n"


def _lines(counters: Counters, *, connections: int, book_version: int) -> Iterator[str]:
    yield from _labelled("clicks_total", "Clicks by what was found about them.", "reason", counters.clicks)
    yield from _labelled("postbacks_total", "Postbacks by what became of them.", "outcome", counters.postbacks)
    yield from _labelled("answers_total", "Answers by HTTP status.", "status", counters.answers)
    yield from _single(
        "unjournalled_clicks_total", "Visitors led on whose click the disk refused.", counters.unjournalled_clicks
    )
    yield from _single("impressions_total", "Showings written down.", counters.impressions)
    yield from _single(
        "unjournalled_impressions_total", "Showings that the disk refused.", counters.unjournalled_impressions
    )
    yield from _single("journal_failures_total", "Times the disk refused to write or sync.", counters.journal_failures)
    yield from _single("torn_bytes_total", "Bytes of cut-off lines dropped at recovery.", counters.torn_bytes)
    yield from _single("syncs_total", "Group commits.", counters.syncs)
    yield from _single("sync_seconds_total", "Time spent in group commits.", f"{counters.sync_seconds:.6f}")
    yield from _single("connections", "Open connections.", connections, kind="gauge")
    yield from _single("book_version", "Version of the link book in use, 0 for none.", book_version, kind="gauge")


def _labelled(name: str, meaning: str, label: str, counts: Mapping[str, int] | Mapping[int, int]) -> Iterator[str]:
    yield f"# HELP rapport_edge_{name} {meaning}"
    yield f"# TYPE rapport_edge_{name} counter"
    for value, count in counts.items():
        yield f'rapport_edge_{name}{{{label}="{value}"}} {count}'


def _single(name: str, meaning: str, value: float | str, *, kind: str = "counter") -> Iterator[str]:
    yield f"# HELP rapport_edge_{name} {meaning}"
    yield f"# TYPE rapport_edge_{name} {kind}"
    yield f"rapport_edge_{name} {value}"
