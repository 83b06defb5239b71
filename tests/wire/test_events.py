"""Events: they come back from the journal as they went in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.wire import events
from rapport.wire.events import ClickEvent, PostbackEvent

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
SUBS = st.dictionaries(st.sampled_from(events.SUB_IDS), TEXT, max_size=3)


@given(user_agent=TEXT, subs=SUBS, marks=st.integers(0, 31), at_ms=st.integers(0, 2**48 - 1))
def test_a_click_comes_back_whole(user_agent: str, subs: dict[str, str], marks: int, at_ms: int) -> None:
    click = ClickEvent(
        at_ms=at_ms,
        click_id="c" * 32,
        link_number=1,
        link_id="lnk_1",
        code="abc",
        agreement_id="agr_1",
        program_id="prg_1",
        marks=marks,
        user_agent=user_agent,
        subs=subs,
    )

    assert events.decode(events.encode(click)) == click


@given(params=st.dictionaries(TEXT, TEXT, max_size=4), body=st.none() | TEXT)
def test_a_postback_comes_back_whole(params: dict[str, str], body: str | None) -> None:
    postback = PostbackEvent(receipt_id="rcp_1", at_ms=5, program_id="prg_1", auth="hmac", params=params, body=body)

    assert events.decode(events.encode(postback)) == postback


@given(TEXT)
def test_an_event_is_one_line(text: str) -> None:
    postback = PostbackEvent(
        receipt_id="rcp_1", at_ms=5, program_id="prg_1", auth="token", params={"note": text + "\n"}
    )

    assert b"\n" not in events.encode(postback)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"type":"sale"}', b'{"type":"click"}', b"[]", b"\xff"])
def test_other_bytes_are_no_event(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        events.decode(data)
