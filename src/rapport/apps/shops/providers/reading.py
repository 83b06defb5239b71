"""Reads what shops write: JSON without floats, moments, texts from places that may not be there."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.shops.errors import NotUnderstood
from rapport.kit.clock import to_ms

_LONGEST_CLICK_ID = 128
_LONGEST_CODE = 64


def payload_of(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds; numbers with a point stay texts."""
    try:
        found = json.loads(body, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(_("The body is no JSON.")) from error
    if not isinstance(found, dict):
        raise NotUnderstood(_("The body holds no object."))
    return found


def text(value: object, *, most: int = 128) -> str:
    """Return an id or a word as a text; nothing for what is neither. Ids are texts, whatever digits they have."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return "".join(letter for letter in str(value) if letter.isprintable()).strip()[:most]


def inside(value: object, *path: str) -> Any:  # noqa: ANN401 - whatever a shop put there
    """Return what lies at the end of a path of names; None where the path breaks off."""
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def rows(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none where there is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def needed(value: object, name: str) -> str:
    """Return a text that must be there."""
    found = text(value)
    if not found:
        raise NotUnderstood(_("%(name)s is missing.") % {"name": name})
    return found


def moment(value: object, name: str) -> datetime:
    """Return a moment from ISO 8601 or seconds since 1970; one without a zone is UTC."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, tz=UTC)
        found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise NotUnderstood(_("%(name)s is no moment.") % {"name": name}) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def version(value: object, name: str) -> int:
    """Return the moment of a state in milliseconds, by which a later state is told from an earlier one."""
    return to_ms(moment(value, name))


def click_ids(values: Iterable[object]) -> tuple[str, ...]:
    """Return the click ids among these texts, each once; several may stand in one with commas."""
    parts = (part for value in values for part in text(value, most=2_000).split(","))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip() and len(part) <= _LONGEST_CLICK_ID))[:20]


def codes(values: Iterable[object]) -> tuple[str, ...]:
    """Return coupon codes, each once."""
    found = (text(value) for value in values)
    return tuple(dict.fromkeys(one.upper() for one in found if one and len(one) <= _LONGEST_CODE))[:10]


def country(value: object) -> str:
    """Return a country's two letters; nothing for anything else."""
    found = text(value).upper()
    return found if len(found) == len("DE") and found.isascii() and found.isalpha() else ""


def email_key(value: object) -> str:
    """Return by which key a customer with a mail address is known."""
    found = text(value, most=250).lower()
    return f"email:{found}" if "@" in found else ""
