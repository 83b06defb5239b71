"""What the edge acknowledged stands by day beside what became of it, and an order's number finds its receipts."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.conversions.models import ReceiptState
from rapport.flows.receipt_days import receipt_days, receipts_of_order
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter
from tests.doors.console.test_applications import words_of
from tests.make.program_pages import Everything
from tests.make.road import make_receipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrived(told: Everything, tmp_path: Path, settings: Settings) -> Everything:
    """Three acknowledged postbacks of yesterday, one of a page; the books know two of them."""
    settings.LAKE_FOLDER = tmp_path / "lake"
    at = now() - timedelta(days=1)
    writer = JournalWriter(tmp_path / "journal", writer_id="edge")
    for number, auth in enumerate(("token", "hmac", "none")):
        event = PostbackEvent(
            receipt_id=f"rcp_day_{number}",
            at_ms=to_ms(at),
            program_id=told.program.id,
            auth=auth,  # type: ignore[arg-type]  # one of the three
            params={"order_id": f"D-{number}"},
        )
        writer.append(event)
    writer.close()
    ingest(journal=tmp_path / "journal", lake=settings.LAKE_FOLDER, now_ms=to_ms(now()))
    make_receipt(told.program, id="rcp_day_0", received_at=at)
    make_receipt(told.program, id="rcp_day_1", received_at=at, state=ReceiptState.REFUSED)
    return told


def page(manager: Client, told: Everything, **asked: str) -> str:
    answer = manager.get(reverse("console:receipts", args=[told.program.id]), asked)
    assert answer.status_code == 200
    return words_of(answer.content)


def test_a_day_tells_what_was_acknowledged_and_what_became_of_it(arrived: Everything) -> None:
    days = {day.on: day for day in receipt_days(arrived.program, at=now())}

    [yesterday] = [day for day in days.values() if day.acknowledged]
    assert (yesterday.acknowledged, yesterday.by_pages, yesterday.open) == (3, 1, 1)
    assert yesterday.became == {ReceiptState.TAKEN: 1, ReceiptState.REFUSED: 1}


def test_the_page_shows_days_only_where_it_is_asked_to(manager: Client, arrived: Everything) -> None:
    assert "Of these by pages" in page(manager, arrived, days="1")
    assert "Of these by pages" not in page(manager, arrived)


def test_a_day_that_the_lake_does_not_hold_whole_claims_no_number(manager: Client, arrived: Everything) -> None:
    make_receipt(arrived.program, id="rcp_before", received_at=now() - timedelta(days=9))

    days = receipt_days(arrived.program, at=now())
    assert [day.acknowledged for day in days if day.is_held and day.acknowledged] == [3]
    assert any(not day.is_held and day.became == {ReceiptState.TAKEN: 1} for day in days)
    assert "– –" in page(manager, arrived, days="1")


def test_an_orders_number_finds_the_receipts_that_tell_of_it(manager: Client, arrived: Everything) -> None:
    assert receipts_of_order(arrived.program, "D-1") == ["rcp_day_1"]
    assert "Refused" in page(manager, arrived, id="D-1")
    assert "No receipt with this id" in page(manager, arrived, id="D-9")


def test_days_without_postbacks_are_said_to_be_empty(manager: Client, told: Everything, settings: Settings) -> None:
    settings.LAKE_FOLDER = settings.LAKE_FOLDER / "none"
    told.refused.delete()
    assert receipt_days(told.program, at=now() - timedelta(days=400)) == []
    assert page(manager, told, days="1")
