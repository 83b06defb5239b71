"""Says what there is to read in a lake at this moment, and notices when that changes."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from deltalake import DeltaTable

from rapport.lake.position import clicks_folder
from rapport.lake.rolls import FilesByDay, Rolls, find_rolls, stamp
from rapport.lake.table import files_by_day, find_clicks


@dataclass(frozen=True, slots=True)
class Holding:
    """The clicks' files and the rolls of one moment; `version` is the table's, and answers of one version are equal."""

    version: int = -1
    clicks: FilesByDay = field(default_factory=dict)
    rolls: Rolls = field(default_factory=lambda: Rolls({}, {}, {}))


class Holdings:
    """Follows one lake; any thread may ask."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake
        self._table: DeltaTable | None = None
        self._seen: tuple[int, int] = (-1, 0)
        self._holding = Holding()
        self._refreshing = threading.Lock()

    def now(self) -> Holding:
        """Return what the lake holds now."""
        with self._refreshing:
            if self._table is None:
                self._table = find_clicks(self._lake)
            elif not _is_newest(self._table.version(), lake=self._lake):
                self._table.update_incremental()
            if self._table is None:
                return self._holding
            seen = (self._table.version(), stamp(self._lake))
            if seen != self._seen:
                clicks = files_by_day(self._table)
                self._holding = Holding(seen[0], clicks, find_rolls(self._lake, clicks))
                self._seen = seen
            return self._holding


def _is_newest(version: int, *, lake: Path) -> bool:
    """Say cheaply that no commit follows a version; Delta would list the folder of commits, thousands on a busy day.

    Where the commit itself was cleaned away, those that followed it may be gone as well: nothing is said then.
    """
    log = clicks_folder(lake) / "_delta_log"
    return (log / f"{version:020}.json").exists() and not (log / f"{version + 1:020}.json").exists()
