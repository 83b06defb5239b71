"""Rewrites a clicks table of before this version into today's columns, once, when it is opened first.

Each step can be killed: the new table is made beside the old one and takes its place when it is whole and on the disk.
"""

import ipaddress
import shutil
from importlib.resources import files as packaged
from pathlib import Path

import duckdb
from arro3.core import Array, DataType, RecordBatchReader, Table
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from rapport.lake.browsers import browser_of
from rapport.lake.closing import CLOSED_FILES
from rapport.lake.columns import SCHEMA
from rapport.lake.durability import settle_table
from rapport.lake.position import NOTHING_READ, READER, clicks_folder
from rapport.lake.spill import own_spill

_CONNECTION = {"memory_limit": "1GB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def is_old(table: DeltaTable) -> bool:
    """Say whether a clicks table still keeps whole click ids."""
    return "id_tail" not in {field.name for field in table.schema().fields}


def finish_conversion(lake: Path) -> None:
    """Put a finished new table in its place where a kill came between; the caller holds the lake's lock."""
    clicks, new, old = _folders(lake)
    if not clicks.exists() and new.exists():
        new.rename(clicks)
    if clicks.exists() and old.exists():
        shutil.rmtree(old)


def convert(lake: Path, *, configuration: dict[str, str]) -> None:
    """Rewrite the clicks table; the caller holds the lake's lock."""
    clicks, new, old = _folders(lake)
    shutil.rmtree(new, ignore_errors=True)
    before = DeltaTable(clicks)
    DeltaTable.create(new, schema=SCHEMA, partition_by=["day"], name="clicks", configuration=configuration)
    with duckdb.connect(config={**_CONNECTION, "temp_directory": own_spill(lake)}) as database:
        _carry_over(before, new, database=database)
    settle_table(new)
    clicks.rename(old)
    new.rename(clicks)
    shutil.rmtree(old)


def _carry_over(before: DeltaTable, new: Path, *, database: duckdb.DuckDBPyConnection) -> None:
    position = before.transaction_version(READER) or NOTHING_READ
    files = before.file_uris()
    rows = _converted(database, files) if files else RecordBatchReader.from_batches(SCHEMA, iter(()))
    write_deltalake(
        new,
        rows,
        mode="append",
        writer_properties=CLOSED_FILES,
        commit_properties=CommitProperties(app_transactions=[Transaction(READER, position)]),
    )


def _converted(database: duckdb.DuckDBPyConnection, files: list[str]) -> RecordBatchReader:
    database.read_parquet(files, hive_partitioning=True).create_view("before")
    agents = [row[0] for row in database.execute("SELECT DISTINCT user_agent FROM before").fetchall()]
    networks = [row[0] for row in database.execute("SELECT DISTINCT address_network FROM before").fetchall()]
    database.register("agents", _table("user_agent", agents, browser=_texts([browser_of(agent) for agent in agents])))
    packed = Array([_packed(network) for network in networks], DataType.binary())
    database.register("networks", _table("address_network", networks, packed=packed))
    text = (packaged("rapport.lake") / "sql" / "conversion.sql").read_text(encoding="utf-8")
    return RecordBatchReader.from_arrow(database.sql(text))


def _packed(network: str) -> bytes:
    if not network:
        return b""
    read = ipaddress.ip_network(network)
    return read.network_address.packed[: read.prefixlen // 8]


def _table(name: str, keys: list[str], **columns: Array) -> Table:
    return Table.from_pydict({name: _texts(keys), **columns})


def _texts(values: list[str]) -> Array:
    return Array(values, DataType.utf8())


def _folders(lake: Path) -> tuple[Path, Path, Path]:
    return clicks_folder(lake), lake / "clicks.new", lake / "clicks.old"
