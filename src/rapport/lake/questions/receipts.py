"""Answers what postbacks the edge acknowledged: how many a day, and which tell of an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any

import duckdb

from rapport.lake.days import MS_IN_DAY, day_number, days_between
from rapport.lake.table import files_by_day, find_receipts
from rapport.lake.visitors import network_text

_CONNECTION = {"memory_limit": "256MB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One acknowledged postback; `order_id` is the order's number as it was sent, nothing where none was found."""

    receipt_id: str
    at_ms: int
    program_id: str
    auth: str
    order_id: str
    address_network: str


def receipts_per_day(
    lake: Path, *, program_id: str, from_ms: int, until_ms: int, zone: str
) -> dict[date, dict[str, int]]:
    """Return how many postbacks of a program were acknowledged on each day of a zone, by how they were proven."""
    days = days_between(from_ms, until_ms, zone=zone)
    files = _files(lake, from_ms=days[0].starts_ms, until_ms=days[-1].ends_ms) if days else []
    told: dict[date, dict[str, int]] = {day.on: {} for day in days}
    given = {
        "files": files,
        "program_id": program_id,
        "places": list(range(len(days))),
        "starts": [day.starts_ms for day in days],
        "ends": [day.ends_ms for day in days],
    }
    for place, auth, number in _ask("receipts_per_day", given):
        told[days[place].on][auth] = number
    return told


def receipts_of(lake: Path, wanted: str, *, program_id: str | None = None, limit: int = 50) -> list[ReceiptRow]:
    """Return the receipt with this id and those that tell of the order with this number, the last ones first."""
    given = {"files": _files(lake), "program_id": program_id, "wanted": wanted, "limit": limit}
    rows = _ask("receipts_of", given) if wanted else []
    return [
        ReceiptRow(receipt_id, at_ms, program, auth, order_id, network_text(network))
        for receipt_id, at_ms, program, auth, order_id, network in rows
    ]


def _files(lake: Path, *, from_ms: int | None = None, until_ms: int | None = None) -> list[str]:
    table = find_receipts(lake)
    days = files_by_day(table) if table is not None else {}
    return [
        path
        for day, paths in days.items()
        for path in paths
        if (from_ms is None or (day_number(day) + 1) * MS_IN_DAY > from_ms)
        and (until_ms is None or day_number(day) * MS_IN_DAY < until_ms)
    ]


def _ask(question: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
    if not given["files"]:
        return []
    text = (packaged("rapport.lake.questions") / "sql" / f"{question}.sql").read_text(encoding="utf-8")
    with duckdb.connect(config={**_CONNECTION}) as database:
        return database.execute(text, dict(given)).fetchall()
