"""Turns a database address into Django's options, with the pragmas that our promises rest on."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# A connection that has not been used for this long may have been cut by a firewall.
POSTGRESQL_MAX_AGE_S = 60

# FULL: NORMAL loses acknowledged commits at power loss.
# cache_size (KiB), wal_autocheckpoint (pages): the pages that every order touches stay in memory and are carried over
# once per hundred orders instead of once per thirty (measured: 1.3 times the orders singly, 1.6 times in batches).
# recursive_triggers: without it INSERT OR REPLACE slips past the triggers that keep the books append-only.
SQLITE_PRAGMAS = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA foreign_keys=ON;
PRAGMA recursive_triggers=ON;
PRAGMA cache_size=-65536;
PRAGMA wal_autocheckpoint=4000;
"""


def database(url: str | None, *, data: Path) -> dict[str, Any]:
    """Return the entry of ``DATABASES`` for an address.

    Raises ValueError, with a sentence for the operator, when the address is neither SQLite nor PostgreSQL.
    """
    if url is None:
        return sqlite(data / "rapport.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme in {"postgresql", "postgres"}:
        return postgresql(url)
    message = "database_url must start with postgresql:// or sqlite:///"
    raise ValueError(message)


def sqlite(path: Path) -> dict[str, Any]:
    """Return options for one SQLite file; tests use a file beside it, so that threads and processes share it."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Writers queue up at BEGIN instead of failing half-way with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS,
        },
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }


def postgresql(url: str) -> dict[str, Any]:
    """Return options for PostgreSQL; parameters after the question mark go to libpq."""
    parts = urlsplit(url)
    if not parts.path.strip("/"):
        message = "database_url must name a database, as in postgresql://user:password@host:5432/rapport"
        raise ValueError(message)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": POSTGRESQL_MAX_AGE_S,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
