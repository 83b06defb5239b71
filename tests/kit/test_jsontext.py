"""A kept encoder writes what `json.dumps` writes, byte for byte."""

import json
from datetime import date
from json import encoder

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kit.jsontext import writer

TEXTS = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
SPACED = writer()
SEALED = writer(sort_keys=True, separators=(",", ":"), default=str)


@given(VALUES)
def test_it_writes_what_the_library_writes(value: object) -> None:
    assert SPACED(value) == json.dumps(value)
    assert SEALED(value) == json.dumps(value, sort_keys=True, separators=(",", ":"))


def test_what_is_no_json_is_asked_about_or_refused() -> None:
    assert SEALED([date(2026, 3, 2)]) == '["2026-03-02"]'
    with pytest.raises(TypeError, match="date is not JSON serializable"):
        SPACED([date(2026, 3, 2)])


def test_a_python_without_the_encoder_in_c_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "c_make_encoder", None)
    assert writer(sort_keys=True)({"b": [1, "ä"], "a": None}) == json.dumps({"b": [1, "ä"], "a": None}, sort_keys=True)
