"""Database addresses: what Django makes of them, and the pragmas on a real connection."""

from pathlib import Path

import pytest
from django.db import connection

from rapport.config.databases import database

DATA = Path("/somewhere")


def test_without_an_address_the_tables_lie_in_the_data_folder() -> None:
    assert database(None, data=DATA)["NAME"] == "/somewhere/rapport.sqlite3"


def test_a_sqlite_address_names_a_file() -> None:
    assert database("sqlite:////var/lib/my%20shop.db", data=DATA)["NAME"] == "/var/lib/my shop.db"


def test_a_postgresql_address_is_taken_apart() -> None:
    options = database("postgresql://ann:p%40ss@db.internal:5433/shop?sslmode=require", data=DATA)
    parts = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    assert [options[part] for part in parts] == ["shop", "ann", "p@ss", "db.internal", "5433"]
    assert options["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["mysql://localhost/shop", "shop.sqlite3", "postgresql://localhost"])
def test_another_address_is_refused_with_a_way_out(url: str) -> None:
    with pytest.raises(ValueError, match=r"postgresql://"):
        database(url, data=DATA)


@pytest.mark.django_db
def test_connections_have_what_our_promises_rest_on() -> None:
    if connection.vendor == "postgresql":
        assert connection.settings_dict["CONN_HEALTH_CHECKS"]
        return
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    found = {}
    with connection.cursor() as cursor:
        for name in wanted:
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
    assert found == wanted
