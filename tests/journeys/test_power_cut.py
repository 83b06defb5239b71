"""The power goes while tracking works: tables, lake and journal come back with all that was acknowledged, once.

The journal is let go of where lake and tables have passed it, so each must hold for certain what it says it holds. The
tables are SQLite's: what PostgreSQL promises is not ours to try, so this is no test of the run's database.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from rapport.apps.conversions.models import Receipt
from tests.journeys.test_running import waited
from tests.journeys.tracked import assert_all_is_there_once, let_all_arrive, open_program, start_both
from tests.support.databases import connected_to
from tests.support.drills import scaled
from tests.support.machine.platter import Platter
from tests.support.roles import Roles
from tests.support.senders import Heard, sending

CUTS = scaled(whole=25, on_sqlite=2, on_postgresql=2)
ON_FOR_S = (0.0, 4.0)  # from when the first segments were let go of
AT_WORK_WITHIN_S = 120  # where others compute beside
PAUSE_S = 0.02  # all of them share the machine, and copying what is synced takes its time, too
SAFE_AFTER_S = 1.0  # a click is on the disk 10 ms after it was answered, where nobody else uses the machine
TABLES = ("rapport.sqlite3", "rapport.sqlite3-wal", "rapport.sqlite3-shm")
ON_THE_DISK = ("journal", "lake", *TABLES)
UPKEEP = """
import time
from rapport.config.cli.options import load_django
load_django()
from rapport.flows import lake_work
while True:
    lake_work.ingest()
    lake_work.keep_up()
    time.sleep(0.2)
"""


@pytest.fixture
def known(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """A program in tables of its own, in the data folder; this process reads them through the test."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with django_db_blocker.unblock(), connected_to(url_of(data)):
        call_command("migrate", verbosity=0)
        known = open_program()
        connection.close()
        yield known


def url_of(data: Path) -> str:
    return f"sqlite:///{data / 'rapport.sqlite3'}"


@pytest.mark.drill(seconds=60)
def test_what_was_acknowledged_is_there_once_however_often_the_power_goes(
    known: dict[str, Any], tmp_path: Path
) -> None:
    chance = random.Random(20260504)  # noqa: S311 - moments that differ, not secrets
    data, platter, heard = tmp_path / "data", Platter(tmp_path / "disk"), Heard()
    keys: set[bytes] = set()
    for _ in range(CUTS):
        cut_while_busy(platter, data, known, heard=heard, after_s=chance.uniform(*ON_FOR_S))
        assert heard.receipts
        keys.add(key_of_month(data))

    come_back(data, known)

    assert_all_is_there_once(data, heard)
    assert len(keys) == 1, "visitors stay who they are"
    sys.stderr.write(f"{CUTS} cuts: {len(heard.clicks)} clicks, {len(heard.orders)} orders acknowledged\n")


@pytest.mark.drill(seconds=20)
def test_a_disk_that_lies_about_its_syncs_loses_them(known: dict[str, Any], tmp_path: Path) -> None:
    """The drill above would notice: without syncs, what was acknowledged is gone from every one of the three."""
    data, heard = tmp_path / "data", Heard()
    cut_while_busy(Platter(tmp_path / "disk", lies=True), data, known, heard=heard, after_s=ON_FOR_S[1])

    come_back(data, known)

    assert heard.receipts
    assert not Receipt.objects.filter(pk__in=heard.receipts[-1:]).exists()
    with pytest.raises(AssertionError):
        assert_all_is_there_once(data, heard)


def key_of_month(data: Path) -> bytes:
    """Return the key that makes the marks of this month's visitors."""
    [key] = (data / "lake" / "address_keys").glob("????-??")
    return key.read_bytes()


def newest_gone(data: Path) -> int:
    """Return the number of the last segment that the journal was let go of."""
    names = sorted(path.name for path in (data / "journal").glob("*.ndjson"))
    return int(names[0].partition("-")[0]) - 1 if names else 0


def cut_while_busy(platter: Platter, data: Path, known: dict[str, Any], *, heard: Heard, after_s: float) -> None:
    """Let edge, worker and upkeep work until the power of their machine goes; the last second promises no click."""
    platter.take(data)
    gone = newest_gone(data)
    roles = Roles(data, url_of(data), platter.machine.variables)
    try:
        start_both(roles, click_path=known["click_path"])
        with kept_up(roles), sending(roles.port, pause_s=PAUSE_S, heard=heard, **known):
            waited("segments let go of", lambda: newest_gone(data) > gone, within_s=AT_WORK_WITHIN_S)
            time.sleep(after_s)
            promised = len(heard.clicks)
            time.sleep(SAFE_AFTER_S)
            roles.kill("edge")
            roles.kill("worker")
    finally:
        for role in list(roles.processes):
            roles.kill(role)
    del heard.clicks[promised:]
    platter.lose_power(data, names=ON_THE_DISK)


def come_back(data: Path, known: dict[str, Any]) -> None:
    """Start on what is left, on a machine whose power stays, and let everything arrive."""
    roles = Roles(data, url_of(data))
    try:
        start_both(roles, click_path=known["click_path"])
        let_all_arrive(roles)
    finally:
        roles.stop_all()


@contextmanager
def kept_up(roles: Roles) -> Iterator[None]:
    """Let clicks be carried over, and what was read be let go of, all the time instead of once an hour."""
    command = [sys.executable, "-c", UPKEEP]
    with (roles.data / "upkeep.log").open("ab") as log:
        process = subprocess.Popen(command, env=roles.environment(), stdout=log, stderr=log)
    try:
        yield
        assert process.poll() is None, (roles.data / "upkeep.log").read_text()
    finally:
        process.kill()
        process.wait()
