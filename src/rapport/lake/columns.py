"""The clicks table's columns in one place, and how each is filled from the events of the journal.

A text that is absent is the empty text, never null, so that every question counts it in one way. `day` is the UTC
day and the table's partition; moments are whole milliseconds.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any

import msgspec
from arro3.core import Array, DataType, Field, RecordBatch, Schema

from rapport.lake.crawlers import crawler_of
from rapport.lake.days import MS_IN_DAY
from rapport.lake.devices import device_of
from rapport.lake.visitors import Visitors, month_of
from rapport.wire.clickid import Mark
from rapport.wire.events import SUB_IDS, ClickEvent

_TEXT = DataType.utf8()
_HOST_CHARACTERS = 253
_HOST = re.compile(
    r"[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^/?#:]*)", re.IGNORECASE
)  # of any scheme, apps too

_COPIED_TEXTS = (
    "click_id",
    "program_id",
    "agreement_id",
    "link_id",
    "code",
    "placement",
    "channel",
    "destination",
    "referrer",
    "user_agent",
    "language",
)
# As plain numbers: combining them with a click's marks is ten times quicker than with enum members.
_MARKS = {
    "view": Mark.VIEW.value,
    "no_consent": Mark.NO_CONSENT.value,
    "test": Mark.TEST.value,
    "framed": Mark.FRAMED.value,
}
_BOT = Mark.BOT.value

_TYPES: dict[str, DataType] = {
    "day": DataType.date32(),
    "at_ms": DataType.int64(),
    "link_number": DataType.int64(),
    **dict.fromkeys(_COPIED_TEXTS, _TEXT),
    **dict.fromkeys(SUB_IDS, _TEXT),
    "query": _TEXT,  # other parameters of the address, as a JSON object
    "referrer_host": _TEXT,
    "reason": _TEXT,  # the edge's word for why the click cannot earn
    "handed_out": DataType.bool(),  # whether the visitor took the click id along
    **dict.fromkeys(_MARKS, DataType.bool()),
    "bot": DataType.bool(),  # marked by the edge, or named by the full list at ingest
    "crawler": _TEXT,  # the name that the full list found
    "device": _TEXT,
    "country": _TEXT,  # empty until the operator has a table of countries
    "address_network": _TEXT,
    "address_mark": _TEXT,
}

SCHEMA = Schema([Field(name, type_, nullable=False) for name, type_ in _TYPES.items()])


def batch_of(events: Sequence[ClickEvent], *, visitors: Visitors) -> RecordBatch:
    """Return the rows of the clicks table for some events."""
    columns = _copied(events) | _marked(events) | _recognised(events) | _visited(events, visitors=visitors)
    arrays = [_array(columns[name], type_=type_) for name, type_ in _TYPES.items()]
    return RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _array(values: Sequence[Any], *, type_: DataType) -> Array:
    if type_ == DataType.date32():  # days arrive as whole numbers since 1970, which is what a date is made of
        return Array(values, DataType.int32()).cast(type_)
    return Array(values, type_)


def _copied(events: Sequence[ClickEvent]) -> dict[str, list[Any]]:
    moments = [event.at_ms for event in events]
    subs = [event.subs for event in events]
    return {
        "day": [moment // MS_IN_DAY for moment in moments],
        "at_ms": moments,
        "link_number": [event.link_number for event in events],
        **{name: list(map(attrgetter(name), events)) for name in _COPIED_TEXTS},
        **{name: [sub.get(name, "") for sub in subs] for name in SUB_IDS},
        "query": [msgspec.json.encode(event.query).decode() if event.query else "" for event in events],
    }


def _marked(events: Sequence[ClickEvent]) -> dict[str, list[Any]]:
    marks = [event.marks for event in events]
    return {
        "reason": [event.reason or "" for event in events],
        "handed_out": [event.handed_out for event in events],
        **{name: [bool(carried & mark) for carried in marks] for name, mark in _MARKS.items()},
    }


def _recognised(events: Sequence[ClickEvent]) -> dict[str, list[Any]]:
    agents = [event.user_agent for event in events]
    crawlers = [crawler_of(agent) or "" for agent in agents]
    bots = [bool(name or event.marks & _BOT) for name, event in zip(crawlers, events, strict=True)]
    return {
        "crawler": crawlers,
        "bot": bots,
        "device": ["bot" if bot else device_of(agent) for bot, agent in zip(bots, agents, strict=True)],
        "referrer_host": [_host_of(event.referrer) for event in events],
    }


def _visited(events: Sequence[ClickEvent], *, visitors: Visitors) -> dict[str, list[Any]]:
    seen = [visitors.seen(event.address, month_of(event.at_ms)) for event in events]
    return {
        "country": list(repeat("", len(events))),
        "address_network": [visitor.network for visitor in seen],
        "address_mark": [visitor.mark for visitor in seen],
    }


@lru_cache(maxsize=65_536)
def _host_of(referrer: str) -> str:
    found = _HOST.match(referrer)
    return found[1].lower()[:_HOST_CHARACTERS] if found else ""
