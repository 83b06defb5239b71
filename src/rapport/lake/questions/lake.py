"""The lake as others see it: ask a question, get rows; any thread may ask while ingest and upkeep run."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any, get_args

import duckdb
from deltalake import DeltaTable

from rapport.lake.days import MS_IN_DAY, Day, days_between
from rapport.lake.questions.answers import (
    EVERYTHING,
    ClickFacts,
    ClickRow,
    DayRow,
    Dimension,
    Filter,
    GroupRow,
    SubId,
    Totals,
)
from rapport.lake.questions.minting import minted_ms
from rapport.lake.table import find_clicks
from rapport.wire.events import SUB_IDS

Row = dict[str, Any]

_COLUMNS = {"program": "program_id", "agreement": "agreement_id", "link": "link_id", "referrer": "referrer_host"}
_DIMENSIONS = frozenset((*get_args(Dimension), *get_args(SubId)))
_AROUND_MINTING_MS = 60_000  # an event's moment is its click id's; a minute costs nothing and forgives a difference
_SHIFTS = (-_AROUND_MINTING_MS, _AROUND_MINTING_MS)
_CONNECTION = {
    "memory_limit": "1GB",
    "autoinstall_known_extensions": "false",  # a question never reaches for the network
    "autoload_known_extensions": "false",
}


class Lake:
    """Answers questions about the clicks under one folder; without any clicks the answers are zeros."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._table: DeltaTable | None = None
        self._refreshing = threading.Lock()
        self._database = duckdb.connect(config={**_CONNECTION, "temp_directory": str(folder / "spill")})
        self._database.execute("SET GLOBAL parquet_metadata_cache = true")  # files of a Delta table never change
        self._own = threading.local()  # a cursor for each thread: they share the database and its caches

    def totals(self, about: Filter = EVERYTHING) -> Totals:
        """Return the number of visits."""
        rows = self._ask("totals", about=about)
        return Totals(**rows[0]) if rows else Totals()

    def clicks_per_day(self, about: Filter, zone: str) -> list[DayRow]:
        """Return the visits of each day of a time zone such as Europe/Berlin, days without any included.

        The days reach over the filter's moments; where one is open, from the first or to the last click.
        """
        days = self._days(about, zone=zone)
        if not days:
            return []
        cut = {
            "days": [day.on for day in days],
            "starts": [day.starts_ms for day in days],
            "ends": [day.ends_ms for day in days],
        }
        counted = self._ask("clicks_per_day", about=about, given=cut)
        return [DayRow(**row) for row in counted] or [DayRow(day.on, gross=0, net=0, bots=0, framed=0) for day in days]

    def clicks_by(self, about: Filter, dimension: Dimension | SubId, *, limit: int = 1_000) -> list[GroupRow]:
        """Return the visits under each key of a dimension, the most visited first, at most `limit` keys.

        Raises:
            ValueError: there is no such dimension.
        """
        if dimension not in _DIMENSIONS:
            raise ValueError(f"{dimension!r} is no dimension of clicks; take one of {', '.join(sorted(_DIMENSIONS))}")
        column = _COLUMNS.get(dimension, dimension)
        return [GroupRow(**row) for row in self._ask("clicks_by", about=about, column=column, given={"limit": limit})]

    def facts_of(self, click_ids: Collection[str]) -> dict[str, ClickFacts]:
        """Return what is known of the clicks by their ids; ids that the lake does not hold are absent."""
        moments = {click_id: moment for click_id in click_ids if (moment := minted_ms(click_id)) is not None}
        if not moments:
            return {}
        around = _around(moments.values())
        days = {(moment + shift) // MS_IN_DAY for moment in moments.values() for shift in _SHIFTS}
        rows = self._ask("facts_of", about=around, on_days=sorted(days), given={"click_ids": list(moments)})
        return {row["click_id"]: ClickFacts(**_with_subs(row)) for row in rows}

    def latest(self, about: Filter, limit: int) -> list[ClickRow]:
        """Return the last clicks, the newest first; marked ones, test clicks and impressions included."""
        return [
            ClickRow(**_with_subs(row))
            for row in self._ask("latest", about=about, given={"limit": limit, "click_id": None})
        ]

    def click(self, click_id: str) -> ClickRow | None:
        """Return one click by its id, None when the lake does not hold it."""
        moment = minted_ms(click_id)
        if moment is None:
            return None
        rows = self._ask("latest", about=_around([moment]), given={"limit": 1, "click_id": click_id})
        return ClickRow(**_with_subs(rows[0])) if rows else None

    def _days(self, about: Filter, *, zone: str) -> list[Day]:
        if about.from_ms is not None and about.until_ms is not None:
            return days_between(about.from_ms, about.until_ms, zone=zone)
        rows = self._ask("span", about=about)
        if not rows or rows[0]["first_ms"] is None:
            return []
        from_ms = rows[0]["first_ms"] if about.from_ms is None else about.from_ms
        until_ms = rows[0]["last_ms"] + 1 if about.until_ms is None else about.until_ms
        return days_between(from_ms, until_ms, zone=zone)

    def _ask(
        self, question: str, *, about: Filter, given: Row | None = None, column: str = "", on_days: Sequence[int] = ()
    ) -> list[Row]:
        """Run a question over the files that may hold its clicks; no rows when there are no files.

        `given` are the question's own parameters, `column` its dimension, `on_days` the only UTC days worth opening.
        """
        files = self._files(about, on_days=on_days)
        if not files:
            return []
        parameters = {"files": files, **asdict(about), **(given or {})}
        cursor = self._cursor().execute(_text_of(question, column=column), parameters)
        names = [described[0] for described in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def _files(self, about: Filter, *, on_days: Sequence[int]) -> list[str]:
        with self._refreshing:
            if self._table is None:
                self._table = find_clicks(self._folder)
            else:
                self._table.update_incremental()
            if self._table is None:
                return []
            return self._table.file_uris(file_pruning_predicate=_pruning(about, on_days=on_days))

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._database.cursor()
        cursor: duckdb.DuckDBPyConnection = self._own.cursor
        return cursor


def _around(moments: Collection[int]) -> Filter:
    return Filter(from_ms=min(moments) - _AROUND_MINTING_MS, until_ms=max(moments) + _AROUND_MINTING_MS + 1)


@lru_cache(maxsize=64)
def _text_of(question: str, *, column: str) -> str:
    folder = packaged("rapport.lake.questions") / "sql"
    source = (folder / "clicks.sql").read_text(encoding="utf-8")
    return source + (folder / f"{question}.sql").read_text(encoding="utf-8").replace("{dimension}", column)


def _pruning(about: Filter, *, on_days: Sequence[int]) -> list[tuple[str, str, Any]] | None:
    """Return what the files' partitions and statistics are held against; it leaves out files and never rows."""
    rules: list[tuple[str, str, Any]] = []
    if about.from_ms is not None:
        rules += [("day", ">=", _utc_day(about.from_ms // MS_IN_DAY)), ("at_ms", ">=", about.from_ms)]
    if about.until_ms is not None:
        rules += [("day", "<=", _utc_day(about.until_ms // MS_IN_DAY)), ("at_ms", "<", about.until_ms)]
    if on_days:
        rules += [("day", "in", [_utc_day(day) for day in on_days])]
    return rules or None


def _utc_day(number: int) -> date:
    return datetime.fromtimestamp(number * 86_400, tz=UTC).date()


def _with_subs(row: Row) -> Row:
    """Return the row with its ten sub-id columns as one mapping of those that are set."""
    subs = {name: row[name] for name in SUB_IDS if row[name]}
    return {name: value for name, value in row.items() if name not in SUB_IDS} | {"subs": subs}
