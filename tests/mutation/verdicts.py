"""Reads what mutmut found out about each mutant, and counts it by room.

mutmut keeps a file `.meta` beside each file that it changed: the exit code of the tests by the name of the mutant.
Among them is one control for each file (`generate.py`), which changes nothing: where a control is killed, the tests
fail by themselves and every other verdict is worth nothing.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from random import Random

from mutmut.stats import status_by_exit_code

from tests.mutation.rooms import NEEDED_PERCENT

CONTROL = "__mutmut_0"
UNTRIED = "not checked"
NAMED = ("killed", "survived", "timeout", "no tests")


@dataclass(frozen=True, slots=True)
class Score:
    """How many of a room's mutants met which end; `of` is how many there are, `chosen` how many were to be tried."""

    room: str
    of: int
    chosen: int
    ends: Mapping[str, int]
    unfinished: bool = False
    broken_controls: Collection[str] = field(default=())

    @property
    def percent(self) -> int:
        """Whole percents of those chosen, rounded down; a timeout is no kill, since a slow machine would earn it."""
        return 100 * self.ends.get("killed", 0) // self.chosen if self.chosen else 0

    @property
    def passes(self) -> bool:
        """Whether every mutant has its verdict, the verdicts can be believed, and enough were killed."""
        return bool(self.chosen) and not self.unfinished and not self.broken_controls and self.percent >= NEEDED_PERCENT

    def __str__(self) -> str:
        counts = "".join(f"{self.ends.get(end, 0):>10}" for end in NAMED)
        other = sum(count for end, count in self.ends.items() if end not in NAMED)
        return f"{self.room:<10}{self.chosen:>9}{counts}{other:>10}{self.percent:>8} %{self._remarks()}"

    def _remarks(self) -> str:
        remarks = []
        if self.chosen < self.of:
            remarks.append(f"a sample of {self.of}")
        if self.unfinished:
            remarks.append("not tried to the end")
        elif self.percent < NEEDED_PERCENT:
            remarks.append(f"needs {NEEDED_PERCENT} %")
        if self.broken_controls:
            remarks.append(
                f"not to be believed: without a change the tests did not pass ({', '.join(self.broken_controls)})"
            )
        return "".join(f"  {remark}" for remark in remarks)


HEADING = f"{'room':<10}{'mutants':>9}{''.join(f'{end:>10}' for end in (*NAMED, 'other'))}{'percent':>10}"


def exit_codes(mutants: Path) -> dict[str, dict[str, int | None]]:
    """Return the exit codes by file and mutant; None where a mutant was not tried yet."""
    return {
        str(meta.relative_to(mutants)): json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        for meta in sorted(mutants.rglob("*.meta"))
    }


def sample(codes: Mapping[str, Mapping[str, int | None]], *, percent: int) -> set[str]:
    """Choose so many of each file's mutants, at least one.

    They are always the same ones, since the file's name is the seed; a larger sample holds every smaller one.
    """
    return {name for file, mutants in codes.items() for name in _of_file(file, sorted(real(mutants)), percent=percent)}


def _of_file(file: str, names: list[str], *, percent: int) -> list[str]:
    Random(file).shuffle(names)  # noqa: S311 - a choice to be repeated, no secret
    return names[: ceil(len(names) * percent / 100)]


def real(mutants: Mapping[str, int | None]) -> Iterator[str]:
    """Yield the mutants that change something."""
    return (name for name in mutants if not name.endswith(CONTROL))


def score(room: str, codes: Mapping[str, Mapping[str, int | None]], *, percent: int = 100) -> Score:
    """Count the verdicts on the mutants of a sample, and look whether the controls went through the tests."""
    every = {name: status_by_exit_code[code] for mutants in codes.values() for name, code in mutants.items()}
    controls = {name: end for name, end in every.items() if name.endswith(CONTROL)}
    chosen = sample(codes, percent=percent)
    return Score(
        room=room,
        of=sum(1 for mutants in codes.values() for _ in real(mutants)),
        chosen=len(chosen),
        ends=Counter(every[name] for name in chosen),
        unfinished=UNTRIED in {every[name] for name in chosen} | set(controls.values()),
        broken_controls=sorted(name for name, end in controls.items() if end not in {"survived", "no tests", UNTRIED}),
    )
