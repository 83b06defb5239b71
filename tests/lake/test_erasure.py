"""A visitor who asks is nobody from then on, and what the visit brought is still counted."""

import os
from pathlib import Path

import pytest

from rapport.lake.erasure import Erased, erase_address, erase_click
from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from rapport.lake.table import open_clicks
from rapport.lake.upkeep import close_days, vacuum
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, click

A_DAY_MS = 86_400_000
HER_PAGE = "https://private.example/diary"
HERS = [click(at_ms=NOON - days * A_DAY_MS, address="198.51.100.4", referrer=HER_PAGE) for days in range(3)]
OTHERS = [click(at_ms=NOON, address="198.51.100.5"), click(at_ms=NOON - A_DAY_MS, address="")]


@pytest.fixture
def visited(journal: Path, lake: Path, seal: Seal) -> Path:
    """Three days of one visitor between others; the first two days are closed."""
    seal([*HERS, *OTHERS])
    ingest(journal=journal, lake=lake, now_ms=NOON)
    close_days(lake, now_ms=NOON)
    return lake


@pytest.mark.parametrize("way", ["address", "click"])
def test_her_clicks_are_nobodys_and_still_count(visited: Path, way: str) -> None:
    before = Lake(visited).clicks_per_day(EVERYTHING, "UTC")

    erased = erase_address(visited, "198.51.100.4") if way == "address" else erase_click(visited, HERS[1].click_id)

    assert erased == Erased(clicks=3, days=3)
    for one in HERS:
        row = Lake(visited).click(one.click_id)
        assert row is not None
        assert (row.referrer, row.user_agent, row.language, row.address_network) == ("", "", "", "")
        assert (row.link_id, row.device) == ("lnk_ann", "desktop")
    kept = Lake(visited).click(OTHERS[0].click_id)
    assert kept is not None
    assert (kept.user_agent, kept.address_network) == (OTHERS[0].user_agent, "198.51.100.0/24")
    close_days(visited, now_ms=NOON)
    assert Lake(visited).clicks_per_day(EVERYTHING, "UTC") == before
    assert erase_address(visited, "198.51.100.4") == Erased()


def test_after_the_clean_up_nothing_of_her_is_on_the_disk(visited: Path) -> None:
    erase_address(visited, "198.51.100.4")
    table = open_clicks(visited)
    current = set(table.file_uris())
    for path in (visited / "clicks").glob("*/*.parquet"):
        os.utime(path, (path.stat().st_mtime - 2 * 86_400,) * 2)
    table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)

    assert {str(path) for path in (visited / "clicks").glob("*/*.parquet")} == current
    assert vacuum(visited).removed == 0
    rows = [row for row in Lake(visited).latest(EVERYTHING, limit=10) if row.referrer]
    assert rows == []


@pytest.mark.parametrize("nobody", ["203.0.113.200", "no address"])
def test_who_never_came_is_not_found(visited: Path, nobody: str) -> None:
    assert erase_address(visited, nobody) == Erased()
    assert erase_click(visited, nobody) == Erased()


def test_without_a_lake_there_is_nobody_to_erase(lake: Path) -> None:
    assert erase_address(lake, "198.51.100.4") == Erased()
    assert erase_click(lake, HERS[0].click_id) == Erased()
