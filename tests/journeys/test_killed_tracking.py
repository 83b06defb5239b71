"""Edge, worker and database are killed at random moments while visitors click and shops report: nothing is lost."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests.journeys.tracked import assert_all_is_there_once, let_all_arrive, tracking
from tests.support.drills import scaled
from tests.support.killable import KillableDatabase
from tests.support.roles import Roles
from tests.support.senders import sending

KILLS = scaled(whole=200, on_sqlite=5, on_postgresql=6)
CLICKS = scaled(whole=200_000, on_sqlite=2_000, on_postgresql=2_000)
POSTBACKS = scaled(whole=20_000, on_sqlite=200, on_postgresql=200)
WITHIN_S = 3 * 3600
BETWEEN_KILLS_S = (0.1, 4.0)  # a worker needs two seconds to start, and must sometimes get to work before it dies


@pytest.mark.drill(seconds=45)
def test_what_was_acknowledged_is_there_once_however_often_who_is_killed(
    killable_database: KillableDatabase, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20260504)  # noqa: S311 - moments that differ, not secrets
    killable = ["edge", "worker", *(["database"] if killable_database.is_server else [])]
    killed: dict[str, int] = dict.fromkeys(killable, 0)
    with tracking(tmp_path / "data", killable_database.url) as (roles, known):
        with sending(roles.port, **known) as heard:

            def enough() -> bool:
                return len(heard.clicks) >= CLICKS and len(heard.orders) >= POSTBACKS

            deadline = time.monotonic() + WITHIN_S
            while sum(killed.values()) < KILLS or not enough():
                assert time.monotonic() < deadline
                time.sleep(chance.uniform(*BETWEEN_KILLS_S))
                if sum(killed.values()) < KILLS:
                    who = min(killable, key=lambda name: (killed[name], chance.random()))
                    kill_and_start_again(who, roles, killable_database)
                    killed[who] += 1
        let_all_arrive(roles)

    assert_all_is_there_once(tmp_path / "data", heard)
    for who, times in killed.items():
        record_property(f"{who}_killed", times)
    record_property("clicks_acknowledged", len(heard.clicks))
    record_property("postbacks_acknowledged", len(heard.orders))


def kill_and_start_again(who: str, roles: Roles, database: KillableDatabase) -> None:
    """Kill one of the three where it stands."""
    if who == "database":
        database.kill()
        database.start_again()
        connection.close()  # this process's own was cut with the others
        return
    roles.kill(who)
    roles.start(who)
