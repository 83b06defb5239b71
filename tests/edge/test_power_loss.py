"""When the power goes, the disk keeps what it promised and nothing else: no acknowledged postback is among the lost."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rapport.wire import journal, linkbook
from rapport.wire.events import ClickEvent, PostbackEvent
from tests.edge.conftest import KEYS, PROGRAM, TOKEN, events_of, make_link, name_of
from tests.support.drills import scaled
from tests.support.machine import Machine
from tests.support.roles import Roles
from tests.support.senders import Heard, sending

CUTS = scaled(whole=50, on_sqlite=2, on_postgresql=2)
ON_FOR_S = (0.3, 1.5)
SENDING: dict[str, Any] = {"click_path": "/c/abc", "token": TOKEN, "coupon": "ANNA12"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a link book."""
    data = tmp_path / "data"
    linkbook.publish(data / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    return data


@contextmanager
def edge_on(machine: Machine, data: Path) -> Iterator[Roles]:
    """Run the real edge on a machine."""
    roles = Roles(data, "sqlite:///unused.sqlite3", machine.variables)
    roles.start("edge")
    try:
        roles.wait_for_edge()
        yield roles
    finally:
        roles.kill("edge")


def cut_while_busy(machine: Machine, data: Path, *, after_s: float) -> Heard:
    """Let senders talk to an edge until the power goes in the midst of it; return what was acknowledged before."""
    with edge_on(machine, data) as roles:
        with sending(roles.port, shops=3, **SENDING) as heard:
            time.sleep(after_s)
            roles.kill("edge")
        machine.lose_power(data / "journal")
    return heard


def lost_postbacks(data: Path, heard: list[Heard]) -> set[str]:
    """Return the receipts that were handed out and are in no segment after the next start."""
    journal.recover(data / "journal")
    kept = [event.receipt_id for event in events_of(data) if isinstance(event, PostbackEvent)]
    assert len(kept) == len(set(kept))
    return {receipt for one in heard for receipt in one.receipts} - set(kept)


@pytest.mark.drill(seconds=12)
def test_no_acknowledged_postback_is_lost_however_often_the_power_goes(
    data: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20260504)  # noqa: S311 - moments that differ, not secrets
    machine = Machine(tmp_path / "machine")
    heard = [cut_while_busy(machine, data, after_s=chance.uniform(*ON_FOR_S)) for _ in range(CUTS)]

    assert all(one.receipts and one.clicks for one in heard)
    assert lost_postbacks(data, heard) == set()
    record_property("power_cuts", CUTS)
    record_property("postbacks_acknowledged", sum(len(one.receipts) for one in heard))


@pytest.mark.drill(seconds=4)
def test_a_disk_that_lies_about_its_syncs_loses_them(data: Path, tmp_path: Path) -> None:
    """The drill above would notice: without syncs, what was acknowledged is gone."""
    machine = Machine(tmp_path / "machine", lies=True)
    heard = cut_while_busy(machine, data, after_s=0.5)

    assert heard.receipts
    assert lost_postbacks(data, [heard]) == set(heard.receipts)


@pytest.mark.drill(seconds=4)
def test_a_click_is_safe_from_a_power_cut_a_moment_after_it_was_answered(data: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "machine")
    with edge_on(machine, data) as roles:
        with sending(roles.port, shops=0, pause_s=0.01, **SENDING) as heard:
            time.sleep(0.5)
        time.sleep(0.5)  # a click is synced 10 ms after it came, on an idle machine
        roles.kill("edge")
        machine.lose_power(data / "journal")
    journal.recover(data / "journal")

    assert heard.clicks
    assert set(heard.clicks) <= {event.click_id for event in events_of(data) if isinstance(event, ClickEvent)}


@pytest.mark.drill(seconds=4)
def test_a_clock_that_is_set_back_loses_and_repeats_nothing(data: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "machine")
    with edge_on(machine, data) as roles, sending(roles.port, **SENDING) as heard:
        for step in (-3_600, 0, -86_400, 7_200):
            machine.step_clock(step)
            before = len(heard.receipts)
            deadline = time.monotonic() + 10
            while len(heard.receipts) < before + 20 and time.monotonic() < deadline:
                threading.Event().wait(0.02)
        machine.step_clock(0)
    journal.recover(data / "journal")

    events = events_of(data)
    moments = [event.at_ms for event in events]
    written = [name_of(event) for event in events]
    assert max(moments) - min(moments) > 86_400_000, "the edge saw the clock move"
    assert heard.refused == []
    assert len(written) == len(set(written))
    assert {*heard.clicks, *heard.receipts} <= set(written)
