"""ClickBank's Instant Notification Service: a JSON body, encrypted with the vendor's secret key since its version 6."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.utils.translation import gettext as _

from rapport.apps.conversions.profiles.shape import Fields, Profile
from rapport.apps.record.errors import BadInput

_CLICK_LENGTH = 32
_BLOCK_BITS = 128
_KEY_LETTERS = 32

CLICKBANK = Profile(
    slug="clickbank",
    title="ClickBank",
    names={
        "receipt": "external_id",
        "transactiontype": "event",
        "transactiontime": "occurred_at",
        "currency": "currency",
        "totalorderamount": "total",
        "totaltaxamount": "tax",
        "totalshippingamount": "shipping",
    },
    takes_secret=True,
    example=(
        '{"transactionTime": "2026-11-30T12:00:00Z", "receipt": "CWOGBZLN", "transactionType": "SALE", '
        '"vendor": "testvendor", "affiliate": "", "totalOrderAmount": 120.50, "totalTaxAmount": 19.24, '
        '"totalShippingAmount": 0.00, "currency": "EUR", "trackingCodes": ["{click}"], "version": 7.0}'
    ),
)

_ORDERS = {"SALE": "sale", "BILL": "rebill"}
_TAKEN_BACK = {"RFND": "refund", "CGBK": "chargeback", "INSF": "cancel"}
_NO_ORDER = frozenset({"TEST", "CANCEL-REBILL", "UNCANCEL-REBILL", "ABANDONED_ORDER", "SUBSCRIPTION-CHG"})


def opened(told: Mapping[str, Any], *, secret: str) -> Mapping[str, Any]:
    """Return the notification inside an encrypted one; another is returned as it is.

    Raises:
        BadInput: there is no secret key, or it is not the one that this was encrypted with.
    """
    if not {"notification", "iv"} <= told.keys():
        return told
    if not secret:
        raise _refused(_("This notification is encrypted. Enter ClickBank's secret key in Settings, Postbacks."))
    try:
        document = json.loads(_decrypted(str(told["notification"]), str(told["iv"]), secret), parse_float=str)
    except ValueError:
        sentence = _("This notification cannot be decrypted with the secret key in Settings, Postbacks.")
        raise _refused(sentence) from None
    if not isinstance(document, dict):
        raise _refused(_("The notification holds no order."))
    return document


def _decrypted(text: str, iv: str, secret: str) -> bytes:
    key = hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()[:_KEY_LETTERS].encode()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(b64decode(iv))).decryptor()
    padded = decryptor.update(b64decode(text)) + decryptor.finalize()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def read(told: Mapping[str, Any]) -> Fields | None:
    """Return the fields of a notification by our names, `type` for what takes back; nothing where no order moves."""
    event = str(told.get("transactionType", "")).upper()
    if event in _NO_ORDER:
        return None
    plain = event.removeprefix("TEST_")
    fields: Fields = {"currency": told.get("currency"), "occurred_at": told.get("transactionTime")}
    number = _text(told.get("receipt"))
    if plain in _TAKEN_BACK:
        of_kind = "rebill" if "-B" in number else "sale"
        amount = _text(told.get("totalOrderAmount")).removeprefix("-")
        return _given(fields | {"type": _TAKEN_BACK[plain], "of": number, "of_kind": of_kind, "total": amount})
    if plain not in _ORDERS:
        known = ", ".join([*_ORDERS, *_TAKEN_BACK])
        raise BadInput(
            (sentence := _("This kind of notification is not known. Known are: %(kinds)s.") % {"kinds": known}),
            fields={"transactionType": sentence},
        )
    amounts = {ours: _text(told.get(f"total{theirs}Amount")) for ours, theirs in _AMOUNTS.items()}
    fields |= amounts | {"kind": _ORDERS[plain], "external_id": number, "click_ids": _clicks(told)}
    return _given(fields | {"test": event.startswith("TEST_")})


_AMOUNTS = {"total": "Order", "tax": "Tax", "shipping": "Shipping"}


def _clicks(told: Mapping[str, Any]) -> list[str]:
    """Return what can be a click id among the tracking codes and the vendor's own variables."""
    codes, variables = told.get("trackingCodes"), told.get("vendorVariables")
    named = [*(codes if isinstance(codes, list) else ()), *(variables.values() if isinstance(variables, dict) else ())]
    return [code for code in named if isinstance(code, str) and len(code) == _CLICK_LENGTH]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _given(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, fields={"notification": sentence})
