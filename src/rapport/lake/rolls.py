"""Keeps visits and impressions of closed days counted, so that what screens ask all day need not read them all again.

A roll is a file that names what it was counted from: its day and a fingerprint of that day's files in the clicks
table. Where the table holds other files of the day by now, the fingerprint differs, nobody looks at the roll, and the
day's clicks are read themselves until the next round counts them. So a roll can be missing, but it cannot be wrong, and
no kill can make it so. Days whose clicks are no longer kept have their roll alone.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import blake2b
from importlib.resources import files as packaged
from pathlib import Path

import duckdb

from rapport.lake.durability import sync
from rapport.lake.spill import own_spill

_MONTHS = {"month": "roll_month", "quarters": "roll_quarters"}  # by kind of roll: the question that makes it
FilesByDay = Mapping[date, Sequence[str]]

_ROWS_IN_GROUP = 8_192
_COUNTS = ("visits and impressions",)  # part of each name, so that a roll of before is counted anew
_CONNECTION = {"memory_limit": "1GB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


@dataclass(frozen=True, slots=True)
class Rolls:
    """What is counted of a lake at one moment: a roll for each day, and two for each month."""

    days: dict[date, str]
    months: dict[str, str]  # sums of whole days
    fine_months: dict[str, str]  # the quarters of all counted days in one file

    def month_of(self, day: date, *, fine: bool) -> str | None:
        """Return the roll that holds a counted day together with its month."""
        return (self.fine_months if fine else self.months).get(f"{day:%Y-%m}")


def find_rolls(lake: Path, clicks: FilesByDay) -> Rolls:
    """Return the rolls that are true of these files of the clicks table."""
    there = _there(lake)
    days = {day: path for day in {*clicks, *there.days} if (path := _roll_of(day, clicks, there))}
    names = _months(days)
    months, fine_months = (
        {month: path for month, name in names.items() if (path := there.months.get(f"{kind}-{name}"))}
        for kind in _MONTHS
    )
    return Rolls(days, months, fine_months)


def stamp(lake: Path) -> int:
    """Return a number that changes whenever a roll comes or goes."""
    try:
        return _folder(lake).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def roll_day(lake: Path, *, day: date, files: Sequence[str]) -> None:
    """Count a day from its clicks."""
    _write("roll_day", files=files, to=_folder(lake) / _day_name(day, files), spill=own_spill(lake))


def were_counted(lake: Path, *, day: date, files: Sequence[str]) -> bool:
    """Say whether these very files were counted, and so sorted, when impressions were not counted yet."""
    return (_folder(lake) / _day_name(day, files, counts=())).exists()


def roll_months(lake: Path, clicks: FilesByDay) -> int:
    """Sum up every month whose counted days have changed; drop what nobody looks at; return how many were summed up."""
    rolls = find_rolls(lake, clicks)
    names = _months(rolls.days)
    missing = [month for month in names if month not in rolls.months or month not in rolls.fine_months]
    for month in missing:
        files = [path for day, path in sorted(rolls.days.items()) if f"{day:%Y-%m}" == month]
        for kind, question in _MONTHS.items():
            _write(question, files=files, to=_folder(lake) / f"{kind}-{names[month]}", spill=own_spill(lake))
    kept = {f"{kind}-{name}" for kind in _MONTHS for name in names.values()}
    _drop_all_but({*(Path(path).name for path in rolls.days.values()), *kept}, lake=lake)
    return len(missing)


def forget_rolls(lake: Path, clicks: FilesByDay) -> None:
    """Drop what is counted of days whose clicks are still there, and all sums of months, to be counted anew."""
    there = _there(lake)
    counted = [path for day, paths in there.days.items() if day in clicks for path in paths.values()]
    for path in (*counted, *there.months.values()):
        Path(path).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _There:
    days: dict[date, dict[str, str]]  # by day, then by name
    months: dict[str, str]  # by name


def _there(lake: Path) -> _There:
    days: dict[date, dict[str, str]] = {}
    months: dict[str, str] = {}
    with suppress(FileNotFoundError):
        for path in _folder(lake).iterdir():
            kind, _, rest = path.name.partition("-")
            if path.suffix != ".parquet":
                continue
            if kind in _MONTHS:
                months[path.name] = str(path)
            else:
                days.setdefault(date.fromisoformat(rest[:10]), {})[path.name] = str(path)
    return _There(days, months)


def _roll_of(day: date, clicks: FilesByDay, there: _There) -> str | None:
    found = there.days.get(day, {})
    if day in clicks:
        return found.get(_day_name(day, clicks[day]))
    return next(iter(found.values()), None)


def _months(days: Mapping[date, str]) -> dict[str, str]:
    """Return for each month of counted days the name that rolls of just these days have, without its kind."""
    names: dict[str, list[str]] = {}
    for day, path in sorted(days.items()):
        names.setdefault(f"{day:%Y-%m}", []).append(Path(path).name)
    return {month: f"{month}.{_fingerprint(of)}.parquet" for month, of in names.items()}


def _day_name(day: date, files: Sequence[str], *, counts: tuple[str, ...] = _COUNTS) -> str:
    fingerprint = _fingerprint([Path(path).name for path in files], counts=counts)
    return f"day-{day.isoformat()}.{fingerprint}.parquet"


def _fingerprint(names: Sequence[str], *, counts: tuple[str, ...] = _COUNTS) -> str:
    return blake2b("\n".join([*counts, *sorted(names)]).encode(), digest_size=12).hexdigest()


def _drop_all_but(names: set[str], *, lake: Path) -> None:
    for path in _folder(lake).glob("*"):
        if path.name not in names:
            path.unlink(missing_ok=True)


def _write(question: str, *, files: Sequence[str], to: Path, spill: str) -> None:
    """Write what a question answers into a file: whole or not at all, also after a power cut."""
    to.parent.mkdir(parents=True, exist_ok=True)
    draft = to.with_suffix(f".{os.getpid()}.draft")
    with duckdb.connect(config={**_CONNECTION, "temp_directory": spill}) as database:
        database.execute(
            f"COPY ({_text(question)}) TO '{_quoted(draft)}' "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_GROUP})",
            {"files": list(files)},
        )
    sync(draft)
    draft.replace(to)
    sync(to.parent)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _folder(lake: Path) -> Path:
    return lake / "rolls"


@cache
def _text(name: str) -> str:
    return (packaged("rapport.lake") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
