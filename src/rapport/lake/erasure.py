"""Makes the clicks of one visitor nobody's: what is personal is emptied, and the visit still counts.

The commission that a click brought must stay explained, so the click itself stays. The files that held what is gone
are deleted by the upkeep a day later, or sooner by `vacuum`; from then on nobody can bring it back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from deltalake import PostCommitHookProperties
from deltalake.exceptions import CommitFailedError

from rapport.lake.closing import sort_day
from rapport.lake.durability import settle
from rapport.lake.questions.minting import minted_ms, tails_of
from rapport.lake.table import files_by_day, find_clicks, find_receipts, open_clicks
from rapport.lake.visitors import Visitors

_TRIES = 5
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)  # the upkeep's business
_TEXTS = ("user_agent", "language", "referrer", "query")
_BYTES = ("address_network", "address_mark")
_MARKS_OF_CLICK = "SELECT DISTINCT address_mark FROM read_parquet($files) WHERE list_contains($tails, id_tail)"
_DAYS_OF_MARKS = """
    SELECT "day", count(*) FROM read_parquet($files, hive_partitioning => true)
    WHERE list_contains($marks, address_mark)
    GROUP BY "day"
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many clicks on how many days were made nobody's, and how many receipts of what their page told."""

    clicks: int = 0
    days: int = 0
    receipts: int = 0


def erase_address(lake: Path, address: str) -> Erased:
    """Erase whoever came from an address, in the months whose keys are still there; older marks name nobody anyway."""
    visitors = Visitors(lake)
    months = sorted(path.name for path in (lake / "address_keys").glob("????-??"))
    return _erase(lake, {mark for month in months if (mark := visitors.seen(address, month).mark)})


def erase_click(lake: Path, click_id: str) -> Erased:
    """Erase whoever made a click, with all other clicks of that visitor in the same month."""
    table = find_clicks(lake)
    if table is None or minted_ms(click_id) is None:
        return Erased()
    found = duckdb.execute(_MARKS_OF_CLICK, {"files": table.file_uris(), "tails": tails_of(click_id)}).fetchall()
    return _erase(lake, {mark for (mark,) in found if mark})


def _erase(lake: Path, marks: Collection[bytes]) -> Erased:
    table = find_clicks(lake)
    if table is None or not marks:
        return Erased()
    given = {"files": table.file_uris(), "marks": list(marks)}
    found = dict(duckdb.execute(_DAYS_OF_MARKS, given).fetchall())
    for day in found:
        _erase_day(lake, day=day, marks=marks)
    receipts = _erase_receipts(lake, marks=marks)
    settle(lake)
    return Erased(clicks=sum(found.values()), days=len(found), receipts=receipts)


def _erase_receipts(lake: Path, *, marks: Collection[bytes]) -> int:
    """Empty what is personal in the receipts of a page that told of an order from the visitor's own address."""
    among = ", ".join(f"X'{mark.hex()}'" for mark in marks)
    for tries_left in range(_TRIES - 1, -1, -1):
        table = find_receipts(lake)
        if table is None:
            return 0
        try:
            done = table.update(
                {"user_agent": "''", "address_network": "X''", "address_mark": "X''"},
                predicate=f"address_mark IN ({among})",
                post_commithook_properties=_NO_HOOKS,
            )
        except CommitFailedError:  # as below
            if not tries_left:
                raise
        else:
            return int(done["num_updated_rows"])
    return 0


def _erase_day(lake: Path, *, day: date, marks: Collection[bytes]) -> None:
    for tries_left in range(_TRIES - 1, -1, -1):
        table = open_clicks(lake)
        try:
            sort_day(table, day=day, files=files_by_day(table)[day], workshop=lake, columns=_columns(marks))
        except CommitFailedError:  # clicks of this day arrived in the same moment
            if not tries_left:
                raise
        else:
            return


def _columns(marks: Collection[bytes]) -> str:
    """Return SQL for all columns, the personal ones emptied where a mark is among those that are erased."""
    among = ", ".join(f"unhex('{mark.hex()}')" for mark in marks)
    emptied = [f"CASE WHEN address_mark IN ({among}) THEN '' ELSE {name} END AS {name}" for name in _TEXTS]
    emptied += [f"CASE WHEN address_mark IN ({among}) THEN ''::BLOB ELSE {name} END AS {name}" for name in _BYTES]
    return f"* REPLACE ({', '.join(emptied)})"
