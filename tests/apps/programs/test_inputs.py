"""What a person may say about a program, and which sentence answers what cannot be used."""

import pytest

from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input

GOOD = {
    "name": "Pyjama partners",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "landing_url": "https://shop.example:8443/start",
}


def refused(**changes: object) -> dict[str, str]:
    with pytest.raises(BadInput) as refusal:
        read_input(ProgramInput, {**GOOD, **changes})
    return dict(refusal.value.fields)


def test_hosts_are_kept_small_once_and_with_the_landing_pages_own() -> None:
    program = read_input(ProgramInput, {**GOOD, "hosts": [" Shop.Example ", "shop.example", "", "m.shop.example"]})
    assert program.all_hosts == ["shop.example:8443", "shop.example", "m.shop.example"]


@pytest.mark.parametrize(
    "address",
    ["shop.example", "ftp://shop.example/", "https://", "https://anna@shop.example/", "https://a b/", "https://[::1"],
)
def test_only_complete_addresses_are_taken(address: str) -> None:
    assert "https://" in refused(landing_url=address)["landing_url"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "EURO"),
        ("zone", "Berlin"),
        ("hosts", ["https://shop.example/"]),
        ("slug", "No Blanks"),
        ("fallback_url", "nowhere"),
        ("name", ""),
    ],
)
def test_what_cannot_be_used_is_answered_at_its_field(field: str, value: object) -> None:
    assert list(refused(**{field: value})) == [field]


def test_a_name_without_latin_letters_needs_an_address() -> None:
    assert "address" in refused(name="夜")[""]
    assert read_input(ProgramInput, {**GOOD, "name": "夜", "slug": "yoru"}).address == "yoru"
