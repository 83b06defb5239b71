"""Holds test coverage after a run: every line and branch where money and promises are counted, nearly all elsewhere.

Run as `python -m tests.house.coverage_gate` with the report of `coverage json`.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPORT = Path("build/coverage/report.json")
PACKAGE = "src/rapport/"

# The rules, the bytes that processes share, and the books: a line that no test ran may lose money.
WHOLE = ("domain", "wire", "apps/ledger")
WHOLE_PERCENT = 100
REST_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a room was run: lines and branches, counted together."""

    room: str
    run: int
    of: int
    needed: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 99.9 % is not everything."""
        return 100 * self.run // self.of if self.of else 100

    def __str__(self) -> str:
        verdict = "" if self.percent >= self.needed else f"  needs {self.needed} %"
        return f"{self.room:<16}{self.percent:>4} %  {self.run} of {self.of} lines and branches{verdict}"


def shares(report: Mapping[str, Any]) -> Iterator[Share]:
    """Yield the share of each room that must be whole, and of all the rest together."""
    files = {path.removeprefix(PACKAGE): found["summary"] for path, found in _ours(report)}
    for room in WHOLE:
        inside = [summary for path, summary in files.items() if path.startswith(f"{room}/")]
        yield _share(room, inside, needed=WHOLE_PERCENT)
    whole = tuple(f"{room}/" for room in WHOLE)
    rest = [summary for path, summary in files.items() if not path.startswith(whole)]
    yield _share("everything else", rest, needed=REST_PERCENT)


def incomplete_files(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files of the whole rooms that miss something, with the first lines and branches that no test ran."""
    whole = tuple(f"{PACKAGE}{room}/" for room in WHOLE)
    for path, found in sorted(_ours(report)):
        missing = [*found["missing_lines"], *(f"{start}->{end}" for start, end in found.get("missing_branches", ()))]
        if path.startswith(whole) and missing:
            yield f"{path}: {', '.join(map(str, missing[:20]))}"


def _ours(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the package's own files: tests that break a copy of it on purpose leave the copies in the report too."""
    return ((path, found) for path, found in report["files"].items() if path.startswith(PACKAGE))


def _share(room: str, summaries: list[Mapping[str, int]], *, needed: int) -> Share:
    run = sum(each["covered_lines"] + each["covered_branches"] for each in summaries)
    of = sum(each["num_statements"] + each["num_branches"] for each in summaries)
    return Share(room=room, run=run, of=of, needed=needed)


def main() -> int:
    """Print the shares; return 1 when one falls short."""
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    found = list(shares(report))
    print("Coverage by tests on SQLite")
    for share in found:
        print(" ", share)
    for line in incomplete_files(report):
        print("  not run:", line)
    return 0 if all(share.percent >= share.needed for share in found) else 1


if __name__ == "__main__":
    sys.exit(main())
