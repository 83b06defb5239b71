"""Chooses for a question which days are read as they were counted, and of which days the clicks themselves.

Sums over whole UTC days come from the rolls of months, finer ones from their quarters of an hour. A day whose roll is
missing, or that is cut within a quarter of an hour, is read click by click: slower, and never another answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from rapport.lake.days import MS_IN_DAY, day_number
from rapport.lake.questions.answers import Filter
from rapport.lake.rolls import FilesByDay, Rolls

MS_IN_QUARTER = 900_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read: clicks, rolls of days, and the rolls of months, of these only a range of UTC days."""

    files: list[str] = field(default_factory=list)
    quarters: list[str] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    fine_months: list[str] = field(default_factory=list)
    month_days: list[int] = field(default_factory=list)

    def parts(self) -> tuple[str, ...]:
        """Return the names of the parts that there is something to read of."""
        return tuple("raw" if name == "files" else name for name in self._told())

    def given(self) -> Mapping[str, object]:
        """Return the parameters of those parts."""
        days = self.month_days or [0]
        return {**self._told(), "months_from_ms": min(days), "months_until_ms": max(days) + MS_IN_DAY}

    def _told(self) -> dict[str, list[str]]:
        named = {
            "files": self.files, "quarters": self.quarters, "months": self.months, "fine_months": self.fine_months,
        }  # fmt: skip
        return {name: paths for name, paths in named.items() if paths}


def plan(about: Filter, *, clicks: FilesByDay, rolls: Rolls, by_whole_days: bool) -> Plan:
    """Return what to read for a question; `by_whole_days` when it only sums, so that UTC days may be taken whole.

    A month's roll holds all its counted days. Those that a question reads of it follow one another: a day is read in
    another way only where the question begins or ends within it.
    """
    chosen = Plan()
    months: dict[str, None] = {}
    for day in sorted({*clicks, *rolls.days}):
        starts_ms = day_number(day) * MS_IN_DAY
        if not _touches(about, starts_ms):
            continue
        fine = not by_whole_days
        month = rolls.month_of(day, fine=fine) if fine or _is_whole(about, starts_ms) else None
        if day not in rolls.days or not _is_cut_on_quarters(about, starts_ms):
            chosen.files.extend(clicks.get(day, ()))
        elif month:
            months[month] = None
            chosen.month_days.append(starts_ms)
        else:
            chosen.quarters.append(rolls.days[day])
    (chosen.months if by_whole_days else chosen.fine_months).extend(months)
    return chosen


def raw_files(about: Filter, *, clicks: FilesByDay, on_days: Collection[int] | None = None) -> list[str]:
    """Return the files of the days that a question touches; `on_days` are the only ones worth opening."""
    days = [day for day in newest_first(about, clicks=clicks) if on_days is None or day_number(day) in on_days]
    return [path for day in days for path in clicks[day]]


def newest_first(about: Filter, *, clicks: FilesByDay) -> list[date]:
    """Return the days that a question touches, the last one first."""
    return [day for day in sorted(clicks, reverse=True) if _touches(about, day_number(day) * MS_IN_DAY)]


def _touches(about: Filter, starts_ms: int) -> bool:
    return (about.from_ms is None or about.from_ms < starts_ms + MS_IN_DAY) and (
        about.until_ms is None or about.until_ms > starts_ms
    )


def _is_whole(about: Filter, starts_ms: int) -> bool:
    return (about.from_ms is None or about.from_ms <= starts_ms) and (
        about.until_ms is None or about.until_ms >= starts_ms + MS_IN_DAY
    )


def _is_cut_on_quarters(about: Filter, starts_ms: int) -> bool:
    edges = [edge for edge in (about.from_ms, about.until_ms) if edge is not None]
    return all(edge % MS_IN_QUARTER == 0 for edge in edges if starts_ms < edge < starts_ms + MS_IN_DAY)
