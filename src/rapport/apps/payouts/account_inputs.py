"""Where a program's money comes from, way by way: what is asked for, checked before it is kept."""

import re
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from pydantic import Field

from rapport.apps.payouts.checks import (
    bad,
    bic_of,
    check_words,
    compact,
    country_of,
    iban_of,
    needed,
    routing_of,
)
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.providers.latin import latin
from rapport.apps.record.inputs import Input

SECRETS = ("secret",)
"""What is never shown again, not even to whoever wrote it; left free, the one before stays."""

RAILS_WITH_ACCOUNT = (MethodKind.IBAN, MethodKind.ACH, MethodKind.PAYPAL)


class AccountInput(Input):
    """Where money comes from, as it was typed; each way needs some of it."""

    name: str = Field(default="", max_length=70)
    iban: str = Field(default="", max_length=60)
    bic: str = Field(default="", max_length=20)
    identification: str = Field(default="", max_length=35)
    street: str = Field(default="", max_length=70)
    postcode: str = Field(default="", max_length=16)
    town: str = Field(default="", max_length=35)
    residence: str = Field(default="", max_length=2)
    company_id: str = Field(default="", max_length=20)
    odfi: str = Field(default="", max_length=20)
    immediate_destination: str = Field(default="", max_length=20)
    immediate_origin: str = Field(default="", max_length=20)
    destination_name: str = Field(default="", max_length=23)
    description: str = Field(default="", max_length=10)
    offset_routing: str = Field(default="", max_length=20)
    offset_account: str = Field(default="", max_length=20)
    offset_type: str = Field(default="", max_length=8)
    environment: str = Field(default="", max_length=8)
    client_id: str = Field(default="", max_length=200)
    secret: str = Field(default="", max_length=200)
    subject: str = Field(default="", max_length=100)


def checked_account(kind: MethodKind, given: AccountInput) -> dict[str, str]:
    """Return what a way of paying needs of an account; raises `BadInput` that names the field and what to do."""
    check_words(given, ("name", "street", "postcode", "town", "destination_name", "description", "subject"))
    found = _CHECKS[kind](given)
    return {name: value for name, value in found.items() if value}


def _sepa(given: AccountInput) -> dict[str, str]:
    iban = iban_of(given.iban, "iban")
    if not iban.in_sepa_zone:
        raise bad("iban", _("Files for the SEPA need an account inside of it."))
    bic = bic_of(given.bic, "bic") or (iban.bic.compact if iban.bic else "")
    return {
        "name": _latin(given, "name", _("Give the name of the account's holder.")),
        "iban": iban.compact,
        "bic": bic,
        "identification": _identification(given.identification),
        "street": given.street.strip(),
        "postcode": given.postcode.strip(),
        "town": needed(given, "town", _("Give the town: banks want it in a field of its own.")),
        "residence": country_of(given.residence, "residence"),
    }


def _ach(given: AccountInput) -> dict[str, str]:
    company_id = _shaped(given, "company_id", r"[A-Z0-9]{10}", _("Ten letters or digits, as your bank gave them."))
    origin = compact(given.immediate_origin) or company_id
    if not re.fullmatch(r"[A-Z0-9]{9,10}", origin):
        raise bad("immediate_origin", _("Nine or ten letters or digits, as your bank gave them."))
    odfi = routing_of(given.odfi, "odfi")
    return {
        "name": _latin(given, "name", _("Give the company's name as it stands on statements.")),
        "company_id": company_id,
        "odfi": odfi,
        "immediate_destination": routing_of(given.immediate_destination or odfi, "immediate_destination"),
        "immediate_origin": origin,
        "destination_name": _latin(given, "destination_name", _("Give the bank's name.")),
        "description": given.description.strip().upper() or "PAYOUT",
        **_offset(given),
    }


def _offset(given: AccountInput) -> dict[str, str]:
    """Return the account that a balanced file takes the money from; most banks want none."""
    if not (given.offset_routing.strip() or given.offset_account.strip()):
        return {}
    if given.offset_type not in {"checking", "savings"}:
        raise bad("offset_type", _("Say whether it is a checking or a savings account."))
    number = _shaped(given, "offset_account", r"[A-Z0-9]{4,17}", _("Give 4 to 17 letters and digits."))
    routing = routing_of(given.offset_routing, "offset_routing")
    return {"offset_routing": routing, "offset_account": number, "offset_type": given.offset_type}


def _paypal(given: AccountInput) -> dict[str, str]:
    if given.environment not in {"live", "sandbox"}:
        raise bad("environment", _("Choose whether money moves or PayPal's sandbox plays."))
    shape, sentence = r"[A-Za-z0-9_-]{10,200}", _("Copy it from the application in PayPal's developer pages.")
    for name in ("client_id", "secret"):
        if not re.fullmatch(shape, getattr(given, name).strip()):
            raise bad(name, sentence)
    return {
        "environment": given.environment,
        "client_id": given.client_id.strip(),
        "secret": given.secret.strip(),
        "subject": given.subject.strip(),
    }


def _latin(given: AccountInput, name: str, sentence: str) -> str:
    text = needed(given, name, sentence)
    if not latin(text, 70).strip(". "):
        raise bad(name, _("Write it in Latin letters: bank files hold no others."))
    return text


def _identification(text: str) -> str:
    given = text.strip()
    if given and not re.fullmatch(r"[A-Za-z0-9/?:().,'+ -]{1,35}", given):
        raise bad("identification", _("At most 35 Latin letters and digits, as your bank gave them."))
    return given


def _shaped(given: AccountInput, name: str, shape: str, sentence: str) -> str:
    text = compact(getattr(given, name))
    if not re.fullmatch(shape, text):
        raise bad(name, sentence)
    return text


_CHECKS: Mapping[MethodKind, Callable[[AccountInput], dict[str, str]]] = {
    MethodKind.IBAN: _sepa,
    MethodKind.ACH: _ach,
    MethodKind.PAYPAL: _paypal,
}
