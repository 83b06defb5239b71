"""Opens the clicks table and appends to it so that every journal segment counts exactly once.

Each append records in the same commit how far the journal has been read: a Delta application transaction whose version
is the number of the last segment. Delta refuses a commit when another one has moved this position since its snapshot
was taken; what the snapshot already holds is ours to leave out.
"""

import fcntl
from collections.abc import Iterator
from pathlib import Path

from arro3.core import RecordBatch, RecordBatchReader
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError

from rapport.lake.columns import SCHEMA
from rapport.lake.position import NOTHING_READ, READER, clicks_folder

# One day, not Delta's week: a lake that takes an append every few seconds leaves tens of thousands of replaced files
# a day, and nobody reads a version of yesterday.
_KEPT = "interval 1 days"
_CONFIGURATION = {"delta.deletedFileRetentionDuration": _KEPT, "delta.logRetentionDuration": _KEPT}
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)  # the upkeep's business
_FILE_BYTES = 64 * 1024 * 1024  # bounds what an append holds in memory
_ROWS_IN_GROUP = 32 * 1024  # what a look-up of one click must read at least


class Overtaken(Exception):
    """Another ingest has read the same segments first; nothing of this one was kept."""


def find_clicks(lake: Path) -> DeltaTable | None:
    """Return the clicks table, None as long as nothing was ever ingested."""
    folder = clicks_folder(lake)
    if not DeltaTable.is_deltatable(str(folder)):
        return None
    return DeltaTable(folder)


def open_clicks(lake: Path) -> DeltaTable:
    """Return the clicks table, made on first use."""
    found = find_clicks(lake)
    if found is not None:
        return found
    folder = clicks_folder(lake)
    folder.mkdir(parents=True, exist_ok=True)
    with (lake / "creating.lock").open("ab") as file:
        # Two that make it at once would describe the table twice, and whoever appends in between is refused.
        fcntl.flock(file, fcntl.LOCK_EX)
        return find_clicks(lake) or DeltaTable.create(
            folder, schema=SCHEMA, mode="ignore", partition_by=["day"], name="clicks", configuration=_CONFIGURATION
        )


def position_of(table: DeltaTable) -> int:
    """Return the number of the last journal segment that this snapshot of the table holds whole."""
    return table.transaction_version(READER) or NOTHING_READ


def append(table: DeltaTable, *, batches: Iterator[RecordBatch], position: int, now_ms: int) -> None:
    """Append rows and move the position, both or neither; the batches are taken one by one.

    Raises:
        Overtaken: another ingest moved the position since `table` was loaded.
    """
    move = Transaction(READER, position, last_updated=now_ms)
    try:
        write_deltalake(
            table,
            RecordBatchReader.from_batches(SCHEMA, batches),
            mode="append",
            target_file_size=_FILE_BYTES,
            writer_properties=writer_properties(level=1),
            commit_properties=CommitProperties(app_transactions=[move]),
            post_commithook_properties=_NO_HOOKS,
        )
    except CommitFailedError as error:
        if position_of(DeltaTable(table.table_uri)) == position_of(table):
            raise  # nobody moved the position: the disk failed, not the race
        raise Overtaken from error


def writer_properties(*, level: int) -> WriterProperties:
    """Return how the table's files are written; a higher level of compression is for files that stay."""
    return WriterProperties(compression="ZSTD", compression_level=level, max_row_group_size=_ROWS_IN_GROUP)
