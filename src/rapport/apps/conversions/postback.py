"""Read an acknowledged postback as the report it is: one conversion or one correction, by the names of its profile."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput, EditInput
from rapport.apps.conversions.profiles import CLICKBANK, OWN, Fields, Profile, Status, clickbank
from rapport.apps.conversions.putting import Put
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.wire.events import PostbackEvent

_CORRECTIONS = frozenset({"refund", "cancel", "chargeback", "amendment"})
TRIAL_ORDER, TRIAL_REFUND = "test-", "test-refund-"
"""How the numbers begin under which a trial reports its order and its refund."""
_FROM_BROWSERS = frozenset(
    {"kind", "external_id", "total", "tax", "shipping", "currency", "click_ids", "coupons", "test"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a program's postbacks are read: a profile, names of its own in small letters, and ClickBank's secret."""

    profile: Profile = OWN
    names: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Postback:
    """What a postback reports, if anything; `confirmed` when a server stands behind it; `unread` names what is left."""

    report: ConversionInput | CorrectionInput | EditInput | None
    confirmed: bool = True
    unread: tuple[str, ...] = ()


def read_postback(event: PostbackEvent, *, currency: str, reading: Reading) -> Postback:
    """Return what a postback reports; raises `BadInput` with a sentence for every field that cannot be used.

    Without `type` it is a conversion; the currency may be left out, it is the program's. What came without proof, from
    a browser, may tell of an order and of nothing else.
    """
    if event.auth == "none":
        return _from_a_browser(event, currency=currency)
    if _is_trial(event):
        return _trial(event, currency=currency)
    if reading.profile is CLICKBANK:
        document = clickbank.opened(_document(event), secret=reading.secret)
        told = clickbank.read(document)
        return Postback(None if told is None else _report(told, currency=currency))
    put = Put(reading.profile, reading.names)
    for name, value in _told(event).items():
        put.take(name, value)
    fields = put.finish()
    is_edit = put.status is Status.EDITED and "type" not in fields
    return Postback(
        _edit(fields) if is_edit else _report(_as_told(fields, put.status), currency=currency),
        confirmed=put.status is not Status.PENDING,
        unread=tuple(put.unread),
    )


def _is_trial(event: PostbackEvent) -> bool:
    """Say whether we sent this ourselves, signed, to try the doors out: its number says so, and its message's."""
    number, message = event.params.get("external_id", ""), event.message_id or ""
    if event.auth != "hmac" or not message:
        return False
    return number == f"{TRIAL_ORDER}{message}" or (number == message and message.startswith(TRIAL_REFUND))


def _trial(event: PostbackEvent, *, currency: str) -> Postback:
    """Read a test in our own names, whatever names the program's system has; its order is a test in any case."""
    put = Put(OWN, {})
    for name, value in _told(event).items():
        put.take(name, value)
    fields = put.finish()
    return Postback(_report(fields if "type" in fields else {**fields, "test": True}, currency=currency))


def _from_a_browser(event: PostbackEvent, *, currency: str) -> Postback:
    put = Put(OWN, {})
    for name, value in event.params.items():
        put.take(name, value)
    fields = put.finish()
    strange = {
        name: _("A page may not tell this; report it from your server.") for name in fields.keys() - _FROM_BROWSERS
    }
    if strange:
        raise BadInput(_("Some fields need another look."), fields=strange)
    return Postback(_report(fields, currency=currency), confirmed=False)


def _as_told(fields: Fields, status: Status | None) -> Fields:
    """Return the fields of an order; one that its sender declines as the cancellation that it is."""
    if status is not Status.DECLINED or "type" in fields:
        return fields
    return {
        "type": "cancel",
        "of": fields.get("external_id", ""),
        "of_kind": fields.get("kind", "sale"),
        **({"currency": fields["currency"]} if "currency" in fields else {}),
    }


def _edit(fields: Fields) -> EditInput:
    """Return what an order comes to from now on; whatever else is told of it stays as it was."""
    told = {"of": fields.get("external_id", ""), "of_kind": fields.get("kind", "sale")}
    return read_input(EditInput, told | {name: fields[name] for name in ("total", "currency") if name in fields})


def _report(fields: Fields, *, currency: str) -> ConversionInput | CorrectionInput:
    fields.setdefault("currency", currency)
    kind = str(fields.pop("type", "") or "")
    if kind in _CORRECTIONS:
        return read_input(CorrectionInput, {**fields, "kind": kind})
    if kind and kind != "conversion":
        sentence = _("Leave type out for a conversion, or give refund, cancel, chargeback or amendment.")
        raise BadInput(sentence, fields={"type": sentence})
    fields.setdefault("kind", "sale")
    return read_input(ConversionInput, fields)


def _told(event: PostbackEvent) -> dict[str, Any]:
    """Return the fields: of a JSON body with its lists and lines, else the parameters as texts."""
    body = msgspec.json.decode(event.body) if event.body else None
    nested = (
        {name: value for name, value in body.items() if isinstance(value, list)} if isinstance(body, Mapping) else {}
    )
    return {**event.params, **nested}


def _document(event: PostbackEvent) -> Mapping[str, Any]:
    """Return a JSON body with its numbers as they were written, else the parameters."""
    body = json.loads(event.body, parse_float=str, parse_int=str) if event.body else None
    return body if isinstance(body, dict) else event.params
