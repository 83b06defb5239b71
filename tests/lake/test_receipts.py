"""Every acknowledged postback has its receipt in the lake, once, and none of what it told but the order's number."""

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from rapport.lake.erasure import Erased, erase_address
from rapport.lake.ingest import ingest
from rapport.lake.position import receipts_folder
from rapport.lake.questions.receipts import receipts_of, receipts_per_day
from rapport.lake.receipts import Arrived, keep_receipts
from rapport.lake.table import find_receipts, open_receipts, position_of
from rapport.lake.upkeep import compact, keep_up
from rapport.lake.visitors import Visitors
from rapport.wire.events import PostbackEvent
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, click, postback

A_DAY_MS = 86_400_000
THE_DAY = datetime.fromtimestamp(NOON / 1_000, tz=UTC).date()


def told(*, at_ms: int = NOON, auth: str = "token", **params: str) -> PostbackEvent:
    """Return a shop's report with these fields."""
    return msgspec.structs.replace(
        postback(at_ms=at_ms), auth=auth, params=params, address="198.51.100.9", user_agent="shop/1"
    )


def carry(journal: Path, lake: Path, *, limit: int | None = None) -> None:
    ingest(journal=journal, lake=lake, now_ms=NOON, limit_segments=limit)


def per_day(lake: Path, *, zone: str = "UTC") -> dict[date, dict[str, int]]:
    return receipts_per_day(lake, program_id="prg_shoes", from_ms=NOON - A_DAY_MS, until_ms=NOON + A_DAY_MS, zone=zone)


def test_receipts_are_carried_over_once(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click(), told(external_id="1"), told(external_id="2", auth="none")])
    seal([click()])
    seal([told(external_id="3")])
    carry(journal, lake)
    carry(journal, lake)

    assert per_day(lake)[THE_DAY] == {"token": 2, "none": 1}


def test_without_postbacks_there_is_no_table_and_no_answer(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click(query={"type": "postback"})])
    carry(journal, lake)

    assert find_receipts(lake) is None
    assert receipts_of(lake, "1") == []
    assert per_day(lake)[THE_DAY] == {}


def test_a_receipt_is_found_by_its_id_and_by_the_orders_number_under_any_name(
    journal: Path, lake: Path, seal: Seal
) -> None:
    ours, theirs = told(external_id="A-1", email="ann@example.com"), told(OrderId="A-2")
    seal([ours, theirs, told(external_id="A-3")])
    carry(journal, lake)

    assert [row.order_id for row in receipts_of(lake, ours.receipt_id)] == ["A-1"]
    assert [row.receipt_id for row in receipts_of(lake, "A-2", program_id="prg_shoes")] == [theirs.receipt_id]
    assert receipts_of(lake, "A-2", program_id="prg_other") == []
    assert receipts_of(lake, "") == []


def test_neither_the_address_nor_other_fields_are_in_the_lake(journal: Path, lake: Path, seal: Seal) -> None:
    seal([told(external_id="A-1", email="ann@example.com", token="s3cret")])
    carry(journal, lake)

    [row] = receipts_of(lake, "A-1")
    assert row.address_network == "198.51.100.0/24"
    held = b"".join(path.read_bytes() for path in receipts_folder(lake).rglob("*") if path.is_file())
    assert not any(word in held for word in (b"198.51.100.9", b"ann@example.com", b"s3cret"))


def test_days_are_those_of_the_zone(journal: Path, lake: Path, seal: Seal) -> None:
    seal([told(at_ms=NOON + 11 * 3_600_000 + 1_800_000)])
    carry(journal, lake)

    assert [len(day) for day in per_day(lake, zone="Europe/Berlin").values()] == [0, 0, 1]
    assert [len(day) for day in per_day(lake).values()][:2] == [0, 1]


def test_a_kill_between_receipts_and_clicks_counts_nothing_twice(journal: Path, lake: Path, seal: Seal) -> None:
    first, second = told(external_id="1"), told(external_id="2")
    seal([first])
    seal([click(), second])
    visitors = Visitors(lake)
    keep_receipts([Arrived(1, first)], lake=lake, visitors=visitors, oldest_ms=0, now_ms=NOON)  # and no clicks after it

    carry(journal, lake)

    assert per_day(lake)[THE_DAY] == {"token": 2}
    assert position_of(open_receipts(lake)) == 2


@pytest.mark.parametrize("limit", [1, 2])
def test_what_a_power_cut_took_is_read_again(journal: Path, lake: Path, seal: Seal, limit: int) -> None:
    for number in range(3):
        seal([told(external_id=str(number))])
    carry(journal, lake, limit=limit)
    torn = receipts_folder(lake) / "_delta_log" / f"{limit + 1:020d}.json"
    torn.write_bytes(b"")  # another ingest was about to commit

    carry(journal, lake)

    assert per_day(lake)[THE_DAY] == {"token": 3}


def test_receipts_go_after_thirteen_months_and_are_joined_before(journal: Path, lake: Path, seal: Seal) -> None:
    for number in range(3):
        seal([click(), told(external_id=str(number))])
        carry(journal, lake)
    assert compact(lake).joined >= 3
    assert per_day(lake)[THE_DAY] == {"token": 3}

    keep_up(lake, now_ms=NOON + 450 * A_DAY_MS)

    assert receipts_of(lake, "1") == []


def test_a_visitor_whose_page_told_of_an_order_is_erased(journal: Path, lake: Path, seal: Seal) -> None:
    hers = told(external_id="1", auth="none")
    seal([click(address="198.51.100.9"), hers, msgspec.structs.replace(told(external_id="2"), address="192.0.2.1")])
    carry(journal, lake)

    assert erase_address(lake, "198.51.100.9") == Erased(clicks=1, days=1, receipts=1)

    assert [row.address_network for row in receipts_of(lake, "1")] == [""]
    assert [row.address_network for row in receipts_of(lake, "2")] == ["192.0.2.0/24"]
