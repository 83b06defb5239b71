"""Read an acknowledged postback as the report it is: our own parameter names, one conversion or one correction."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.wire.events import PostbackEvent

_CORRECTIONS = frozenset({"refund", "cancel", "chargeback", "amendment"})
_NAMES = {
    "order_id": "external_id",
    "amount": "total",
    "status": "customer_status",
    "customer": "customer_id",
}
_LISTS = {
    "rpid": "click_ids",
    "click_id": "click_ids",
    "click_ids": "click_ids",
    "coupon": "coupons",
    "coupons": "coupons",
}
_TRUE = frozenset({"1", "true", "yes"})


def report_of(event: PostbackEvent, *, currency: str) -> ConversionInput | CorrectionInput:
    """Return what a postback reports; raises `BadInput` with a sentence for every field that cannot be used.

    Without `type` it is a conversion; the currency may be left out, it is the program's.
    """
    told = _told(event)
    told.setdefault("currency", currency)
    kind = str(told.pop("type", "") or "")
    if kind in _CORRECTIONS:
        return read_input(CorrectionInput, {**_known(told), "kind": kind})
    if kind and kind != "conversion":
        sentence = _("Leave type out for a conversion, or give refund, cancel, chargeback or amendment.")
        raise BadInput(sentence, fields={"type": sentence})
    told.setdefault("kind", "sale")
    return read_input(ConversionInput, _known(told))


def _told(event: PostbackEvent) -> dict[str, Any]:
    """Return the fields: of a JSON body with its lists and lines, else the parameters as texts."""
    body = msgspec.json.decode(event.body) if event.body else None
    nested = (
        {name: value for name, value in body.items() if isinstance(value, list)} if isinstance(body, Mapping) else {}
    )
    return {**event.params, **nested}


def _known(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields under the names of the inputs; a click id or coupon given alone becomes a list of one."""
    fields: dict[str, Any] = {}
    for name, value in told.items():
        if name in _LISTS:
            fields[_LISTS[name]] = [*fields.get(_LISTS[name], ()), *_split(value)]
        elif name == "test":
            fields["test"] = str(value).lower() in _TRUE
        else:
            fields[_NAMES.get(name, name)] = value
    return fields


def _split(value: object) -> list[object]:
    """Return what stands between commas; the strict input looks at what a JSON list holds."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value) if isinstance(value, list) else [value]
