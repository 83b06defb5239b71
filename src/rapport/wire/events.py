"""What the edge writes down: every click, impression and accepted postback, as it came, for others to judge."""

from typing import Literal

import msgspec

SUB_IDS = tuple(f"sub{number}" for number in range(1, 11))


class ClickEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="click", tag_field="type"):
    """One visit through a link, also one that can earn nothing.

    `reason` is a word of `rapport.edge.reasons.Reason` or nothing. `handed_out` says whether the visitor took the
    click id along; a link that is closed leads on without it. Texts are shortened and free of control characters.
    """

    at_ms: int
    click_id: str
    link_number: int
    link_id: str
    code: str
    agreement_id: str
    program_id: str
    marks: int = 0
    reason: str | None = None
    handed_out: bool = True
    destination: str = ""
    subs: dict[str, str] = {}
    placement: str = ""
    channel: str = ""
    referrer: str = ""
    user_agent: str = ""
    address: str = ""
    language: str = ""
    query: dict[str, str] = {}


class ImpressionEvent(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="impression", tag_field="type"
):
    """One showing of a creative with a link beside it; `view_id` is a capsule with the mark VIEW."""

    at_ms: int
    view_id: str
    link_number: int
    link_id: str
    code: str
    agreement_id: str
    program_id: str
    marks: int = 0
    reason: str | None = None
    subs: dict[str, str] = {}
    placement: str = ""
    channel: str = ""
    creative: str = ""
    referrer: str = ""
    user_agent: str = ""
    address: str = ""
    language: str = ""


class PostbackEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="postback", tag_field="type"):
    """One report of a merchant's server, unjudged; with `auth` none, of a page that anybody can imitate.

    `params` holds the query, form or top-level JSON fields as texts (numbers as they were written, never as floats),
    without the token; `body` is the JSON text when JSON was sent. `message_id` is the sender's `webhook-id`.
    """

    receipt_id: str
    at_ms: int
    program_id: str
    auth: Literal["token", "hmac", "none"]
    message_id: str | None = None
    method: str = "GET"
    content_type: str = ""
    params: dict[str, str] = {}
    body: str | None = None
    address: str = ""
    user_agent: str = ""


Event = ClickEvent | ImpressionEvent | PostbackEvent

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """Return the event as one line of JSON, without the line's end."""
    return _encoder.encode(event)


def decode(data: bytes) -> Event:
    """Return the event of a JSON text.

    Raises:
        msgspec.MsgspecError: the bytes are no event.
    """
    return _decoder.decode(data)
