"""The click id: what was put in comes out, and nobody but us can have put it in."""

import os
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.wire import clickid
from rapport.wire.clickid import ClickId, Key, Mark, Refusal

KEY = Key(7, bytes(range(32)))
KEYS = {7: KEY}
MARKS = st.integers(0, 31).map(Mark)


NO_MARKS = Mark(0)


def mint(marks: Mark = NO_MARKS) -> str:
    """Return a click id of a known moment and link."""
    return clickid.mint(
        key=KEY, at_ms=1_763_000_000_123, link_number=123_456_789, marks=marks, random=b"\x01\x02\x03\x04"
    )


@given(
    at_ms=st.integers(0, 2**48 - 1),
    link_number=st.integers(0, clickid.HIGHEST_LINK_NUMBER),
    marks=MARKS,
    random=st.binary(min_size=4, max_size=4),
    key=st.builds(Key, st.integers(0, 255), st.binary(min_size=16, max_size=64)),
)
def test_a_click_id_says_what_it_was_minted_for(
    at_ms: int, link_number: int, marks: Mark, random: bytes, key: Key
) -> None:
    text = clickid.mint(key=key, at_ms=at_ms, link_number=link_number, marks=marks, random=random)

    assert len(text) == clickid.TEXT_LENGTH
    assert clickid.read(text, keys={key.number: key}) == ClickId(
        text=text, at_ms=at_ms, link_number=link_number, marks=marks, key_number=key.number, revoked_key=False
    )


def test_the_format_is_the_published_one() -> None:
    assert mint(Mark.BOT | Mark.TEST) == "MgcBmnr9HnsAB1vNFQECAwSnBRme2fCp"


@given(
    position=st.integers(0, 31),
    letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
)
def test_a_click_id_with_one_letter_changed_is_refused(position: int, letter: str) -> None:
    text = mint()
    changed = text[:position] + letter + text[position + 1 :]

    if changed != text:
        assert isinstance(clickid.read(changed, keys=KEYS), Refusal)


@given(st.binary(min_size=23, max_size=23))
def test_guessing_never_hits(guess: bytes) -> None:
    raw = b"\x20\x07" + guess[1:]
    text = urlsafe_b64encode(raw).decode()

    assert clickid.read(text, keys=KEYS) is Refusal.FORGED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        "A" * 31,
        "A" * 33,
        "A" * 31 + "=",
        "A" * 31 + "\n",
        "A" * 31 + "é",
        "A" * 31 + "+",
        " " + "A" * 31,
        "\0" * 32,
    ],
)
def test_a_text_of_another_shape_is_malformed(text: str) -> None:
    assert clickid.read(text, keys=KEYS) is Refusal.MALFORMED


@given(st.text(max_size=40))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    assert isinstance(clickid.read(text, keys=KEYS), Refusal)


def test_a_format_of_the_future_is_malformed() -> None:
    assert clickid.read("_" + mint()[1:], keys=KEYS) is Refusal.MALFORMED


def test_a_click_id_of_an_unknown_key_is_refused() -> None:
    assert clickid.read(mint(), keys={}) is Refusal.UNKNOWN_KEY


def test_a_click_id_signed_with_another_secret_of_the_same_number_is_forged() -> None:
    assert clickid.read(mint(), keys={7: Key(7, os.urandom(32))}) is Refusal.FORGED


def test_a_revoked_key_still_verifies_and_says_so() -> None:
    revoked = {7: Key(7, KEY.secret, revoked=True)}

    read = clickid.read(mint(), keys=revoked)

    assert isinstance(read, ClickId)
    assert read.revoked_key


def test_a_key_does_not_show_its_secret() -> None:
    assert "secret" not in repr(KEY)


@pytest.mark.parametrize("random", [b"", b"123", b"12345"])
def test_minting_takes_exactly_four_random_bytes(random: bytes) -> None:
    with pytest.raises(ValueError, match="4 random bytes"):
        clickid.mint(key=KEY, at_ms=0, link_number=0, marks=Mark(0), random=random)


def test_a_link_number_beyond_forty_bits_is_an_error() -> None:
    with pytest.raises(OverflowError):
        clickid.mint(key=KEY, at_ms=0, link_number=2**40, marks=Mark(0), random=b"1234")
