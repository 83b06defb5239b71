"""Opens the clicks table and appends to it so that every journal segment counts exactly once.

Each append records in the same commit how far the journal has been read: a Delta application transaction whose version
is the number of the last segment. Delta refuses a commit when another one has moved this position since its snapshot
was taken; what the snapshot already holds is ours to leave out.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from arro3.core import RecordBatchReader, Schema
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError

from rapport.lake.columns import RECEIPTS, SCHEMA
from rapport.lake.conversion import convert, finish_conversion, is_old
from rapport.lake.position import NOTHING_READ, READER, clicks_folder, receipts_folder

# One day, not Delta's week: a lake that takes an append every few seconds leaves tens of thousands of replaced files
# a day, and nobody reads a version of yesterday.
_KEPT = "interval 1 days"
_CONFIGURATION = {"delta.deletedFileRetentionDuration": _KEPT, "delta.logRetentionDuration": _KEPT}
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)  # the upkeep's business
_FILE_BYTES = 64 * 1024 * 1024  # bounds what an append holds in memory
_ROWS_IN_GROUP = 32 * 1024  # what a look-up of one click must read at least
_UNSEEN = ColumnProperties(statistics_enabled="NONE")
# No dictionary and no statistics can say anything of bytes that are new with every click.
_RANDOM = ColumnProperties(dictionary_enabled=False, statistics_enabled="NONE")
_SOUGHT = ColumnProperties(statistics_enabled="CHUNK")
_MOMENT = ColumnProperties(dictionary_enabled=False, statistics_enabled="CHUNK")


class Overtaken(Exception):
    """Another ingest has read the same segments first; nothing of this one was kept."""


def find_clicks(lake: Path) -> DeltaTable | None:
    """Return the clicks table, None as long as nothing was ever ingested; one of before is rewritten first."""
    found = _find(clicks_folder(lake))
    if found is None and not (lake / "clicks.new").exists():
        return None
    if found is not None and not is_old(found):
        return found
    with _making(lake):
        finish_conversion(lake)
        found = _find(clicks_folder(lake))
        if found is not None and is_old(found):
            convert(lake, configuration=_CONFIGURATION)
            found = _find(clicks_folder(lake))
        return found


def open_clicks(lake: Path) -> DeltaTable:
    """Return the clicks table, made on first use."""
    found = find_clicks(lake)
    if found is not None:
        return found
    return _make(clicks_folder(lake), schema=SCHEMA, lake=lake)


def find_receipts(lake: Path) -> DeltaTable | None:
    """Return the table of receipts, None as long as no postback was ever ingested."""
    return _find(receipts_folder(lake))


def open_receipts(lake: Path) -> DeltaTable:
    """Return the table of receipts, made on first use."""
    return find_receipts(lake) or _make(receipts_folder(lake), schema=RECEIPTS, lake=lake)


def _make(folder: Path, *, schema: Schema, lake: Path) -> DeltaTable:
    folder.mkdir(parents=True, exist_ok=True)
    with _making(lake):
        return _find(folder) or DeltaTable.create(
            folder, schema=schema, mode="ignore", partition_by=["day"], name=folder.name, configuration=_CONFIGURATION
        )


def _find(folder: Path) -> DeltaTable | None:
    return DeltaTable(folder) if DeltaTable.is_deltatable(str(folder)) else None


@contextmanager
def _making(lake: Path) -> Iterator[None]:
    """Let one at a time make the table: of two, each would describe it, and who appends in between is refused."""
    with (lake / "creating.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def files_by_day(table: DeltaTable) -> dict[date, list[str]]:
    """Return the files of this snapshot of the table, by the UTC day that they hold."""
    days: dict[date, list[str]] = {}
    for path in table.file_uris():
        day = path.rpartition("/day=")[2].partition("/")[0]
        days.setdefault(date.fromisoformat(day), []).append(path)
    return days


def position_of(table: DeltaTable) -> int:
    """Return the number of the last journal segment that this snapshot of the table holds whole."""
    return table.transaction_version(READER) or NOTHING_READ


def append(table: DeltaTable, *, rows: RecordBatchReader | None, position: int, now_ms: int) -> None:
    """Append rows, or none, and move the position, both or neither; batches of rows are taken one by one.

    Raises:
        Overtaken: another ingest moved the position since `table` was loaded.
    """
    move = Transaction(READER, position, last_updated=now_ms)
    try:
        write_deltalake(
            table,
            RecordBatchReader.from_batches(SCHEMA, iter(())) if rows is None else rows,
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
    """Return how the files of open days are written; a higher level of compression is for files that stay.

    Statistics of every column would take half of the time that an append takes. The columns that questions restrict
    have them, and the others again when their day is closed.
    """
    return WriterProperties(
        compression="ZSTD",
        compression_level=level,
        max_row_group_size=_ROWS_IN_GROUP,
        default_column_properties=_UNSEEN,
        column_properties={
            "at_ms": _MOMENT,
            **dict.fromkeys(("program_id", "agreement_id", "link_id"), _SOUGHT),
            **dict.fromkeys(("id_tail", "address_mark", "destination"), _RANDOM),
        },
    )
