"""Puts the clicks of a day that is over in the order in which they are asked for: by partner, then by moment.

A day stays open until an hour after it ended. What arrives later makes its day unsorted, and the next round sorts it
again. Sorted, a partner's clicks of a month lie in one piece of each day's file, and the file is a third smaller.
Impressions lie behind all clicks, so that whoever asks for clicks need not read them.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
from arro3.core import RecordBatchReader
from deltalake import ColumnProperties, DeltaTable, PostCommitHookProperties, WriterProperties, write_deltalake

from rapport.lake.days import MS_IN_DAY, utc_day
from rapport.lake.spill import own_spill

KEPT_MONTHS = 13
_LATE_MS = 3_600_000
_FILE_BYTES = 256 * 1024 * 1024
_ROWS_IN_GROUP = 16 * 1024  # what a question for one partner must read at least
_LEVEL = 3  # 9 saves 3 % and takes a quarter longer
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
_ORDERED = """
    SELECT {columns} FROM read_parquet($files, hive_partitioning => true)
    ORDER BY "view", program_id, agreement_id, link_number, at_ms
"""
_CONNECTION = {"memory_limit": "1GB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

_RANDOM = ColumnProperties(dictionary_enabled=False, encoding="PLAIN", statistics_enabled="NONE")
CLOSED_FILES = WriterProperties(
    compression="ZSTD",
    compression_level=_LEVEL,
    max_row_group_size=_ROWS_IN_GROUP,
    column_properties={
        "at_ms": ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED"),
        # Random bytes: no dictionary and no statistics can say anything of them.
        "id_tail": _RANDOM,
        "address_mark": _RANDOM,
    },
)


def is_closed(day: date, *, now_ms: int) -> bool:
    """Say whether a UTC day has been over for an hour."""
    return day < utc_day((now_ms - _LATE_MS) // MS_IN_DAY)


def oldest_kept(*, now_ms: int) -> date:
    """Return the first UTC day whose clicks are still kept: thirteen months back, so that a year can be compared."""
    today = utc_day(now_ms // MS_IN_DAY)
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    return date(months // 12, months % 12 + 1, min(today.day, 28))


def sort_day(table: DeltaTable, *, day: date, files: Sequence[str], workshop: Path, columns: str = "*") -> None:
    """Write a day's clicks anew in their order; `files` are those of the day in this snapshot of the table.

    `columns` is SQL that says what is written, where it is not everything as it was.

    A click that is appended meanwhile stays in its own file: only the files of the snapshot are replaced.
    """
    with duckdb.connect(config={**_CONNECTION, "temp_directory": own_spill(workshop)}) as database:
        rows = RecordBatchReader.from_arrow(
            database.sql(_ORDERED.format(columns=columns), params={"files": list(files)})
        )
        replace_day(table, day=day, rows=rows)


def replace_day(table: DeltaTable, *, day: date, rows: RecordBatchReader) -> None:
    """Put rows in the place of those that a snapshot of the table holds of a day."""
    write_deltalake(
        table,
        rows,
        mode="overwrite",
        predicate=f"day = '{day.isoformat()}'",
        target_file_size=_FILE_BYTES,
        writer_properties=CLOSED_FILES,
        post_commithook_properties=_NO_HOOKS,
    )
