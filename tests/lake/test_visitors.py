"""Of an address only the network and a hash stay, and the hash means nothing once the month's key is gone."""

from ipaddress import IPv4Address
from pathlib import Path
from stat import S_IMODE
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.lake.visitors import NOBODY, Visitors, forget_old_keys, month_of, network_text
from tests.lake.traffic import at


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
    ],
)
def test_an_address_is_cut_down_to_its_network(address: str, network: str, lake: Path) -> None:
    assert network_text(Visitors(lake).seen(address, "2026-05").network) == network


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113", "203.0.113.0/24", "::1%eth0", "1\x002", "é"])
def test_what_is_no_address_is_nobody(address: str, lake: Path) -> None:
    assert Visitors(lake).seen(address, "2026-05") == NOBODY


def test_a_visitor_is_the_same_all_month_and_another_one_next_month(lake: Path) -> None:
    today, after_a_restart = Visitors(lake), Visitors(lake)

    may = today.seen("203.0.113.77", "2026-05").mark
    assert after_a_restart.seen("203.0.113.77", "2026-05").mark == may
    assert today.seen("203.0.113.78", "2026-05").mark != may
    assert today.seen("203.0.113.77", "2026-06").mark != may


def test_every_lake_has_keys_of_its_own_and_shows_them_to_nobody(tmp_path: Path) -> None:
    one, other = Visitors(tmp_path / "one"), Visitors(tmp_path / "other")

    assert one.seen("203.0.113.77", "2026-05").mark != other.seen("203.0.113.77", "2026-05").mark
    assert S_IMODE((tmp_path / "one" / "address_keys").stat().st_mode) == 0o700
    assert S_IMODE((tmp_path / "one" / "address_keys" / "2026-05").stat().st_mode) == 0o600


def test_ingests_that_start_a_month_together_agree_on_its_key(lake: Path) -> None:
    start = Barrier(8)
    marks: set[bytes] = set()

    def work() -> None:
        visitors = Visitors(lake)
        start.wait()
        marks.update(visitors.seen("203.0.113.77", f"20{year}-05").mark for year in range(10, 60))

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(marks) == 50  # one for each month, whoever made its key
    assert len(list((lake / "address_keys").iterdir())) == 50  # and nothing half made is left


def test_keys_are_forgotten_after_the_following_month(lake: Path) -> None:
    visitors = Visitors(lake)
    for month in ("2026-03", "2026-04", "2026-05"):
        visitors.seen("203.0.113.77", month)

    assert forget_old_keys(lake, now_ms=at("2026-05-20")) == ["2026-03"]
    assert forget_old_keys(lake, now_ms=at("2026-05-20")) == []
    assert sorted(path.name for path in (lake / "address_keys").iterdir()) == ["2026-04", "2026-05"]


def test_there_is_nothing_to_forget_before_the_first_visitor(lake: Path) -> None:
    assert forget_old_keys(lake, now_ms=at("2026-05-20")) == []


def test_a_month_is_a_month_of_utc() -> None:
    assert month_of(at("2026-04-30T23:59:59.999")) == "2026-04"
    assert month_of(at("2026-05-01T00:00:00")) == "2026-05"


@given(address=st.ip_addresses(v=4))
def test_the_network_of_any_address_holds_it(address: IPv4Address, tmp_path_factory: pytest.TempPathFactory) -> None:
    packed = address.packed
    visitor = Visitors(tmp_path_factory.getbasetemp() / "any").seen(str(address), "2026-05")

    assert network_text(visitor.network).rsplit(".", 1)[0] == str(address).rsplit(".", 1)[0]
    assert packed not in visitor.mark
