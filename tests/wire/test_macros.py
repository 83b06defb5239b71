"""Macros: known ones are filled, encoded whole; unknown ones are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.wire.macros import MACROS, encode, fill, fill_open_places, has_macros, has_open_places, unknown_macros


@pytest.mark.parametrize(
    ("address", "unknown"),
    [
        ("https://shop.example/?s={sub1}&c={click_id}", []),
        ("https://shop.example/{brand}/{sub1}?x={sub11}", ["brand", "sub11"]),
        ("https://shop.example/{}", [""]),
        ("https://shop.example/plain", []),
    ],
)
def test_an_unknown_macro_is_named(address: str, unknown: list[str]) -> None:
    assert unknown_macros(address) == unknown


def test_places_are_filled_and_what_is_not_known_becomes_nothing() -> None:
    encoded = "https://shop.example/?s=%7Bsub1%7D&t=%7bsub10%7d&p=%7Bplacement%7D&x=%7Bbrand%7D"
    assert has_macros(encoded)
    assert fill(encoded, {"sub1": "a b", "sub10": "ten"}) == "https://shop.example/?s=a%20b&t=ten&p=&x=%7Bbrand%7D"


@given(value=st.text(max_size=40), name=st.sampled_from(sorted(MACROS)))
def test_no_value_leaves_its_place(value: str, name: str) -> None:
    filled = fill(f"https://shop.example/?a=%7B{name}%7D&b=1", {name: value})
    before, _, after = filled.partition("?a=")
    place, _, rest = after.partition("&")
    assert (before, rest) == ("https://shop.example/", "b=1")
    assert not set(place) & set("&#?/=+\\ \r\n")


def test_a_value_of_ours_keeps_its_places_open_and_nothing_else() -> None:
    value = encode("a&b={sub1}/{brand}%7Bsub2%7D")
    assert value == "a%26b%3D{sub1}%2F%7Bbrand%7D%257Bsub2%257D"
    assert has_open_places(value)
    assert not has_open_places("%7Bsub1%7D")
    address = f"https://shop.example/?theirs=%7Bsub1%7D&ours={value}"
    assert fill_open_places(address, {"sub1": "{sub2}"}) == (
        "https://shop.example/?theirs=%7Bsub1%7D&ours=a%26b%3D%7Bsub2%7D%2F%7Bbrand%7D%257Bsub2%257D"
    )


@given(value=st.text(max_size=40), name=st.sampled_from(sorted(MACROS)))
def test_no_value_leaves_an_open_place(value: str, name: str) -> None:
    for filled in (fill_open_places(f"{{{name}}}", {name: value}), fill(f"{{{name}}}", {name: value})):
        assert not set(filled) & set("&#?/=+{} \\\r\n")
