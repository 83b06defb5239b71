"""The operator's own tables say where an address is, and a line that is none is named."""

import re
from ipaddress import ip_address
from pathlib import Path

import pytest

from rapport.lake.ingest import ingest
from rapport.lake.networks import load_networks, unreadable_lines
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, click

COUNTRIES = """# made for this test
203.0.113.0/24,DE
203.0.113.64/26,at  # inside the one above
16777216,16777471,AU
"198.51.100.0","198.51.100.255","NL"
2001:db8::/32,FR
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "networks"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("203.0.113.1", "DE"), ("203.0.113.64", "AT"), ("203.0.113.127", "AT"), ("203.0.113.128", "DE"),
        ("203.0.114.0", ""), ("1.0.0.255", "AU"), ("1.0.1.0", ""), ("198.51.100.9", "NL"), ("2001:db8:1::5", "FR"),
        ("2001:db9::1", ""), ("0.0.0.1", ""),
    ],
)  # fmt: skip
def test_an_address_is_in_the_country_of_its_narrowest_range(address: str, country: str, folder: Path) -> None:
    (folder / "countries.csv").write_text(COUNTRIES)

    assert load_networks(folder).countries_of([ip_address(address).packed]) == [country]


def of_one(folder: Path, packed: bytes) -> tuple[str, bool]:
    networks = load_networks(folder)
    [country], [machines] = networks.countries_of([packed]), networks.are_data_centres([packed])
    return country, machines


def test_several_tables_are_read_as_one_and_none_knows_nothing(folder: Path) -> None:
    packed = ip_address("203.0.113.1").packed
    assert of_one(folder, packed) == ("", False)

    (folder / "countries-4.csv").write_text("203.0.113.0/24,DE")
    (folder / "data_centres-mine.txt").write_text("203.0.113.0/28\n2001:db8::/32")

    assert of_one(folder, packed) == ("DE", True)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("203.0.113.0/24", "no country"), ("203.0.113.7/24,DE", "host bits"), ("9,3,DE", "ends before"),
        ("1.2.3.4,2001:db8::1,DE", "ends before"), ("here,DE", "here"), ("203.0.113.0/24,Germany", "no country"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_and_left_out(line: str, why: str, folder: Path) -> None:
    (folder / "countries.csv").write_text(f"# first\n{line}\n203.0.113.0/24,DE\n")

    [told] = unreadable_lines(folder)

    assert re.match(rf"countries.csv, line 2: .*{why}", told)
    assert load_networks(folder).countries_of([ip_address("203.0.113.1").packed]) == ["DE"]


def test_a_mended_line_is_no_longer_named_and_a_table_of_another_shape_is_named_in_part(folder: Path) -> None:
    table = folder / "data_centres.txt"
    table.write_text("nonsense\n" * 1_000)
    assert len(unreadable_lines(folder)) == 20

    table.write_text("203.0.113.0/28\n")
    assert unreadable_lines(folder) == ()


def test_bytes_that_are_no_text_and_a_table_that_cannot_be_opened_stop_nothing(folder: Path) -> None:
    (folder / "countries.csv").write_bytes(b"# K\xf6ln\n\xff\xfe,DE\n203.0.113.0/24,DE\n")
    (folder / "countries-4.csv").mkdir()

    assert [line.partition(":")[0] for line in unreadable_lines(folder)] == ["countries-4.csv", "countries.csv, line 2"]
    assert load_networks(folder).countries_of([ip_address("203.0.113.1").packed]) == ["DE"]


def test_clicks_are_carried_over_past_a_line_that_cannot_be_read(
    journal: Path, lake: Path, seal: Seal, folder: Path
) -> None:
    (folder / "countries.csv").write_text("here,DE\n203.0.113.0/24,DE\n")
    seal([click(address="203.0.113.70")])

    assert ingest(journal=journal, lake=lake, now_ms=NOON).clicks == 1
    assert [row.country for row in Lake(lake).latest(EVERYTHING, limit=3)] == ["DE"]


def test_clicks_carry_what_the_tables_say(journal: Path, lake: Path, seal: Seal, folder: Path) -> None:
    (folder / "countries.csv").write_text(COUNTRIES)
    (folder / "data_centres.txt").write_text("198.51.100.0/24")
    seal([click(address="203.0.113.70"), click(address="198.51.100.9"), click(address="nonsense")])
    ingest(journal=journal, lake=lake, now_ms=NOON)

    rows = Lake(lake).latest(EVERYTHING, limit=3)

    assert sorted((row.country, row.data_centre) for row in rows) == [("", False), ("AT", False), ("NL", True)]
    assert {row.key: row.net for row in Lake(lake).clicks_by(EVERYTHING, "country")} == {"": 1, "AT": 1, "NL": 1}
