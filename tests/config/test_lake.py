"""`rapport lake` as an operator types it."""

from pathlib import Path

import msgspec
import pytest

from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from tests.config.commands import rapport
from tests.lake.conftest import seal_into
from tests.lake.traffic import click, postback

A_DAY_MS = 86_400_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three clicks of two visitors, three days ago."""
    at_ms = to_ms(now()) - 3 * A_DAY_MS
    clicks = [click(at_ms=at_ms + number, address=f"198.51.100.{number % 2}") for number in range(3)]
    seal_into(tmp_path / "journal", clicks)
    ingest(journal=tmp_path / "journal", lake=tmp_path / "lake", now_ms=to_ms(now()))
    return tmp_path


def lake(data: Path, *words: str) -> str:
    done = rapport("lake", *words, RAPPORT_DATA=str(data))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_days_are_counted_and_counted_anew(data: Path) -> None:
    assert "1 days sorted and counted" in lake(data, "keep-up")
    assert "0 days sorted and counted" in lake(data, "keep-up")
    assert "1 days counted anew" in lake(data, "rebuild")
    assert Lake(data / "lake").totals().gross == 3


def test_a_receipt_is_found_without_the_database(data: Path) -> None:
    event = msgspec.structs.replace(postback(at_ms=to_ms(now())), params={"external_id": "A-7"})
    seal_into(data / "journal", [event])
    ingest(journal=data / "journal", lake=data / "lake", now_ms=to_ms(now()))

    assert f"{event.receipt_id}  " in lake(data, "receipts", "A-7")
    assert "order A-7" in lake(data, "receipts", event.receipt_id)
    again = rapport("lake", "receipts", "A-8", RAPPORT_DATA=str(data))
    assert (again.returncode, "holds no such receipt" in again.stderr) == (1, True)


def test_a_visitor_is_erased_by_address_or_click(data: Path) -> None:
    assert "2 clicks on 1 days are nobody's now" in lake(data, "erase", "198.51.100.0")
    [kept] = [row for row in Lake(data / "lake").latest(EVERYTHING, limit=3) if row.user_agent]
    assert "1 clicks on 1 days" in lake(data, "erase", kept.click_id)

    again = rapport("lake", "erase", kept.click_id, RAPPORT_DATA=str(data))
    assert (again.returncode, "holds nothing of this visitor" in again.stderr) == (1, True)
    assert Lake(data / "lake").totals().gross == 3
