"""What came in a postback, name by name, as its sender may see it again: nothing in it tells who bought."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from rapport.apps.conversions.inputs import PROFILE_TARGETS
from rapport.apps.conversions.models import Receipt
from rapport.apps.conversions.postback import Reading
from rapport.apps.conversions.profiles import CLICKBANK, OWN, clickbank
from rapport.apps.conversions.putting import Put
from rapport.apps.record.errors import BadInput

_MOST_LETTERS = 200
_SHORTEST_HIDDEN = 3
HIDDEN = "•••"
_MAIL = re.compile(r"[^\s@,;“”\"']+@[^\s@,;“”\"']+")
_LISTS = frozenset({"click_ids", "coupons"})
# Whoever writes an address or a customer's number tells of a person; whatever we do not know may do so as well.
_IN_CLEAR = frozenset(PROFILE_TARGETS) - {"customer_id"} | {"event", "status", "of_kind", "lines"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One name with its value, hidden where it may tell of a person, and the field of ours that it was read as."""

    name: str
    value: str
    meant: str


def sent_of(row: Receipt, *, reading: Reading) -> list[Sent]:
    """Return what came, by the names that the program has now."""
    put = _put_of(row, reading)
    return [_sent(name, value, put.meant(name.lower(), value) or "") for name, value in _told(row, reading).items()]


def without_persons(sentences: Sequence[str], row: Receipt, *, reading: Reading) -> list[str]:
    """Return sentences about a postback without the values in it that are hidden, and without mail addresses."""
    put = _put_of(row, reading)
    hidden = [
        str(value) for name, value in _told(row, reading).items() if put.meant(name.lower(), value) not in _IN_CLEAR
    ]
    return [_covered(sentence, [one for one in hidden if len(one) >= _SHORTEST_HIDDEN]) for sentence in sentences]


def _put_of(row: Receipt, reading: Reading) -> Put:
    """Return what knows the names: those of our own where a page told, which no program may change."""
    return Put(reading.profile, reading.names) if row.authentic else Put(OWN, {})


def _told(row: Receipt, reading: Reading) -> Mapping[str, Any]:
    told = {**row.raw.get("params", {}), **_lists(row.raw.get("body"))}
    return _opened(told, reading) if row.authentic and reading.profile is CLICKBANK else told


def _lists(text: str | None) -> Mapping[str, Any]:
    try:
        body = msgspec.json.decode(text) if text else {}
    except msgspec.DecodeError:
        return {}
    return {name: value for name, value in body.items() if isinstance(value, list)} if isinstance(body, dict) else {}


def _opened(told: Mapping[str, Any], reading: Reading) -> Mapping[str, Any]:
    try:
        return clickbank.opened(told, secret=reading.secret)
    except BadInput:
        return told


def _sent(name: str, value: object, meant: str) -> Sent:
    if isinstance(value, list) and meant in _LISTS:
        value = ", ".join(map(str, value))
    if isinstance(value, list | dict):
        return Sent(name, f"[{len(value)}]", meant)
    text = str(value)
    return Sent(name, _MAIL.sub(HIDDEN, text)[:_MOST_LETTERS] if meant in _IN_CLEAR else _covered_whole(text), meant)


def _covered_whole(text: str) -> str:
    return text[:1] + HIDDEN


def _covered(sentence: str, hidden: Sequence[str]) -> str:
    for one in sorted(hidden, key=len, reverse=True):
        sentence = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", lambda found: _covered_whole(found[0]), sentence)
    return _MAIL.sub(HIDDEN, sentence)
