"""Turns segments of the journal into rows of a table: one pass of DuckDB, and Python for each distinct value.

User agents and addresses repeat, so each is looked at once a round, whatever number of clicks carried it.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any

import duckdb
from arro3.core import Array, ChunkedArray, DataType, RecordBatchReader, Table

from rapport.lake.browsers import browser_of
from rapport.lake.crawlers import crawler_of
from rapport.lake.devices import device_of
from rapport.lake.position import segment_number
from rapport.lake.receipts import Arrived, postbacks_among
from rapport.lake.spill import own_spill
from rapport.lake.visitors import Visitors
from rapport.wire.journal import sound_events

REPEAT_MS = 10_000  # a visitor's next click through the same link is a repeat so soon after the last
_CONNECTION = {
    "threads": "1",  # two share this work at twice its price, and a core is left for the pages
    "memory_limit": "512MB",
    # Texts go over to the table as they lie, without a copy of each.
    "produce_arrow_string_view": "true",
    "arrow_output_version": "1.4",
    "autoinstall_known_extensions": "false",  # reading the journal never reaches for the network
    "autoload_known_extensions": "false",
}


class Arrivals:
    """Reads clicks and impressions out of some segments; one thread at a time may ask."""

    def __init__(self, *, workshop: Path, visitors: Visitors) -> None:
        self._workshop = workshop
        self.visitors = visitors
        self._database = duckdb.connect(config={**_CONNECTION, "temp_directory": own_spill(workshop)})
        self.clicks = 0  # and impressions
        self.damaged = 0  # lines that failed their checksum
        self.postbacks: list[Arrived] = []

    def close(self) -> None:
        """Give the memory back."""
        self._database.close()

    def read(self, segments: Sequence[Path], *, oldest_ms: int = 0) -> None:
        """Read clicks and impressions out of some segments, none before a moment, and recognise who came.

        Damaged lines are left out and counted.
        """
        self._database.register("journal", self._sound(segments))
        self._run("arrived", oldest_ms=oldest_ms)
        self._database.unregister("journal")
        self.clicks = int(self._one("SELECT count(*) FROM arrived")[0])
        if self.clicks:
            self._recognise_agents()
            self._recognise_visitors()

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last moment of what was read, in milliseconds; None when nothing was."""
        first, last = self._one("SELECT min(at_ms), max(at_ms) FROM arrived")
        return None if first is None else (first, last)

    def rows(self, *, recent_files: Sequence[str]) -> RecordBatchReader:
        """Return the table's rows for what was read; the files may hold clicks of the seconds before."""
        self._look_back(recent_files)
        self._run("repeats")
        return RecordBatchReader.from_arrow(self._database.sql(_text("arrivals")))

    def _sound(self, segments: Sequence[Path]) -> Table:
        """Return the events of sound lines as JSON texts, one piece for each segment."""
        pieces: list[Array] = []
        for path in segments:
            events, damaged = sound_events(path)
            pieces.append(Array(events, DataType.binary()).cast(DataType.utf8()))
            self.damaged += damaged
            self.postbacks.extend(postbacks_among(events, segment=segment_number(path)))
        return Table.from_pydict({"event": ChunkedArray(pieces, DataType.utf8())})

    def _look_back(self, files: Sequence[str]) -> None:
        span = self.span()
        if files and span:
            first, last = span
            self._run("recent", files=list(files), from_ms=first - REPEAT_MS, until_ms=last)
        else:
            self._database.execute(
                "CREATE OR REPLACE TEMP TABLE recent AS "
                "SELECT 0 AS at_ms, 0 AS link_number, CAST('' AS BLOB) AS address_mark, '' AS user_agent, "
                'false AS "view" LIMIT 0'
            )

    def _recognise_agents(self) -> None:
        agents = [row[0] for row in self._all("SELECT DISTINCT user_agent FROM arrived")]
        self._give(
            "agents",
            user_agent=_texts(agents),
            crawler=_texts([crawler_of(agent) or "" for agent in agents]),
            device=_texts([device_of(agent) for agent in agents]),
            browser=_texts([browser_of(agent) for agent in agents]),
        )

    def _recognise_visitors(self) -> None:
        known = Table.from_arrow(self._database.sql('SELECT DISTINCT address, "month" FROM arrived'))
        addresses, months = known.column("address"), known.column("month")
        seen = self.visitors.all_seen(addresses.to_pylist(), months.to_pylist())
        self._give(
            "visitors",
            address=addresses,
            month=months,
            network=Array(seen.networks, DataType.binary()),
            mark=Array(seen.marks, DataType.binary()),
            country=_texts(seen.countries),
            data_centre=Array(seen.data_centres, DataType.bool()),
        )

    def _give(self, name: str, **columns: Array | ChunkedArray) -> None:
        self._database.register("given", Table.from_pydict({**columns}))
        # As a table of its own: of one that is only registered DuckDB does not know how small it is beside the clicks.
        self._database.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM given")
        self._database.unregister("given")

    def _run(self, name: str, **given: Any) -> None:  # noqa: ANN401 - whatever a statement takes
        self._database.execute(_text(name), given)

    def _all(self, statement: str) -> list[tuple[Any, ...]]:
        return self._database.execute(statement).fetchall()

    def _one(self, statement: str) -> tuple[Any, ...]:
        return self._all(statement)[0]


def _texts(values: Sequence[str]) -> Array:
    return Array(values, DataType.utf8())


@cache
def _text(name: str) -> str:
    return (packaged("rapport.lake") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
