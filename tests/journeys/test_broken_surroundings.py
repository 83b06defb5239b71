"""Database away, lake read-only, disk full, worker dead: visitors are led on, nothing acknowledged is lost."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.journeys.test_running import waited
from tests.journeys.tracked import assert_all_is_there_once, let_all_arrive, tracking
from tests.support.killable import KillableDatabase
from tests.support.roles import Roles
from tests.support.senders import Heard, sending

AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
PAUSE_S = 0.005
ROOM_FOR_A_START = 24 * 2**20


def wait_for_more(heard: Heard, *, of: Callable[[Heard], list[str]], number: int = 20) -> None:
    """Return when so many more were acknowledged."""
    before = len(of(heard))
    waited("acknowledgements", lambda: len(of(heard)) >= before + number, within_s=60)


def wait_for_both(heard: Heard) -> None:
    """Return when more clicks and more postbacks were acknowledged."""
    wait_for_more(heard, of=lambda one: one.clicks)
    wait_for_more(heard, of=lambda one: one.receipts)


@contextmanager
def database_away(database: KillableDatabase) -> Iterator[None]:
    """Take the database away: a server is killed, a file is locked as by a program that hangs in its write."""
    if database.is_server:
        database.kill()
        yield
        database.start_again()
        connection.close()
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN EXCLUSIVE")
        yield
        cursor.execute("ROLLBACK")


@pytest.mark.drill(seconds=15)
def test_while_the_database_is_away_the_edge_goes_on(killable_database: KillableDatabase, tmp_path: Path) -> None:
    with tracking(tmp_path / "data", killable_database.url) as (roles, known):
        with sending(roles.port, pause_s=PAUSE_S, **known) as heard:
            wait_for_both(heard)
            with database_away(killable_database):
                for _ in range(3):
                    wait_for_both(heard)
                    time.sleep(0.5)
            wait_for_both(heard)
        let_all_arrive(roles)

    assert heard.refused == []
    assert_all_is_there_once(tmp_path / "data", heard)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write into a folder, not even root."""
    folder.mkdir(exist_ok=True)
    mount("--bind", str(folder), str(folder))
    mount("-o", "remount,bind,ro", str(folder))
    try:
        yield
    finally:
        unmount(folder)


def mount(*arguments: str) -> None:
    """Mount something, as root."""
    subprocess.run([*AS_ROOT, "mount", *arguments], check=True)


def unmount(folder: Path) -> None:
    """Take away what was mounted there."""
    subprocess.run([*AS_ROOT, "umount", str(folder)], check=True)


@pytest.mark.drill(seconds=12)
def test_while_lake_and_worker_are_out_of_order_nothing_is_lost(
    killable_database: KillableDatabase, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    (data / "lake").mkdir(parents=True)
    with tracking(data, killable_database.url) as (roles, known):
        with sending(roles.port, pause_s=PAUSE_S, **known) as heard:
            wait_for_both(heard)
            with read_only(data / "lake"):
                time.sleep(2.5)  # an ingest or two that fail
                wait_for_both(heard)
                roles.kill("worker")
                wait_for_both(heard)
            roles.start("worker")
        let_all_arrive(roles)

    assert heard.refused == []
    assert_all_is_there_once(data, heard)


@contextmanager
def small_disk(folder: Path, *, room: int) -> Iterator[None]:
    """Give a folder a disk of its own with so many bytes."""
    folder.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", f"size={room},uid={os.getuid()},mode=0700", "tmpfs", str(folder))
    try:
        yield
    finally:
        unmount(folder)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Use up the room of a folder's disk to the last byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


def statuses_of(roles: Roles, path: str, *, times: int = 5) -> set[int | None]:
    """Return how the edge answers the same request several times."""
    return {roles.edge_status(path) for _ in range(times)}


@pytest.mark.drill(seconds=15)
def test_on_a_full_disk_visitors_are_led_on_counted_and_postbacks_sent_away(
    killable_database: KillableDatabase, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with small_disk(data / "journal", room=ROOM_FOR_A_START), tracking(data, killable_database.url) as (roles, known):
        with sending(roles.port, pause_s=PAUSE_S, **known) as heard:
            wait_for_both(heard)
        postback = f"/pb?token={known['token']}&order_id=late&amount=100.00&coupon={known['coupon']}"
        with filled(data / "journal"):
            assert 503 in statuses_of(roles, postback, times=40)
            assert statuses_of(roles, known["click_path"]) == {302}
            assert roles.edge_status(postback) == 503
            assert roles.edge_status("/healthz") == 503
            assert roles.metric("unjournalled_clicks_total") >= 5
        waited("room", lambda: roles.edge_status(postback) == 200)
        assert roles.edge_status("/healthz") == 200
        with sending(roles.port, pause_s=PAUSE_S, heard=heard, **known):
            wait_for_both(heard)
        heard.sent.append("late")
        let_all_arrive(roles)
        assert_all_is_there_once(data, heard)
