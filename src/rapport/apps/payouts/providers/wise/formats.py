"""Reads which details a bank of each currency asks for; the table lies beside, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NAMES = ("iban", "routing", "branch", "account")
"""Details that are typed, by the names of our form."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that a bank asks for: Wise's column, what it looks like, an example, and how its digits are checked."""

    column: str
    shape: str = ""
    example: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """What a transfer in one currency needs."""

    details: Mapping[str, Detail]
    account_type: Detail | None
    address: bool


@cache
def formats() -> Mapping[str, Format]:
    """Return the formats by currency, in the order of the table."""
    table = tomllib.loads(Path(__file__).with_name("formats.toml").read_text(encoding="utf-8"))
    return {currency: _format(table[row.get("like", currency)]) for currency, row in table.items()}


def columns_of(currencies: list[str]) -> list[str]:
    """Return the columns for details that a file with these currencies has, each once."""
    found: dict[str, None] = {}
    for currency in currencies:
        wanted = formats()[currency]
        found |= {detail.column: None for detail in wanted.details.values()}
        if wanted.account_type:
            found[wanted.account_type.column] = None
        if wanted.address:
            found |= dict.fromkeys(ADDRESS)
    return list(found)


ADDRESS: Mapping[str, str] = {
    "address.country": "residence",
    "address.city": "town",
    "address.firstLine": "street",
    "address.postCode": "postcode",
}
"""Wise's columns of an address, and our names."""


def _format(row: Mapping[str, Any]) -> Format:
    details = {name: Detail(**row[name]) for name in NAMES if name in row}
    account_type = Detail(**row["account_type"]) if "account_type" in row else None
    return Format(details, account_type, bool(row.get("address")))
