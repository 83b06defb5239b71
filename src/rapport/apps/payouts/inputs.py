"""What the actions of payouts take; how money travels is checked here, before anything is kept."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from pydantic import Field

from rapport.apps.payouts.checks import (
    bad,
    bic_of,
    check_words,
    compact,
    country_of,
    email_of,
    has_iban,
    iban_of,
    is_in_sepa,
    needed,
    routing_of,
)
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.providers.wise.formats import Detail, formats
from rapport.apps.record.inputs import Input

if TYPE_CHECKING:
    from schwifty import IBAN

_NUMBER = re.compile(r"[A-Z0-9]{4,34}")
_AMERICAN_NUMBER = re.compile(r"[A-Z0-9]{4,17}")
_ROUTING = {
    "CA": (re.compile(r"\d{8,9}"), "00012004"),
    "AU": (re.compile(r"\d{6}"), "062000"),
    "IN": (re.compile(r"[A-Z]{4}0[A-Z0-9]{6}"), "HDFC0000001"),
}
"""What a bank is called where accounts have no IBAN, with an example; elsewhere 3 to 34 letters and digits."""
_ANY_ROUTING = (re.compile(r"[A-Z0-9]{3,34}"), "CHASUS33")
_ADDRESS = ("street", "postcode", "town")
HOLDER_KINDS, ACCOUNT_TYPES = ("person", "business"), ("checking", "savings")


class MethodInput(Input):
    """How somebody wants to be paid, as it was typed."""

    kind: MethodKind
    holder: str = Field(min_length=1, max_length=70)
    holder_kind: str = Field(default="", max_length=8)
    iban: str = Field(default="", max_length=60)
    bic: str = Field(default="", max_length=20)
    country: str = Field(default="", max_length=2)
    account: str = Field(default="", max_length=60)
    account_type: str = Field(default="", max_length=8)
    routing: str = Field(default="", max_length=60)
    branch: str = Field(default="", max_length=20)
    currency: str = Field(default="", max_length=3)
    pay_in: str = Field(default="", max_length=3)
    street: str = Field(default="", max_length=70)
    postcode: str = Field(default="", max_length=16)
    town: str = Field(default="", max_length=35)
    residence: str = Field(default="", max_length=2)
    email: str = Field(default="", max_length=254)
    note: str = Field(default="", max_length=250)


class PayoutSettingsInput(Input):
    """How a program pays; without a country only weekends move a payday."""

    country: str = Field(default="", max_length=2)
    cooling_hours: int = Field(ge=0, le=720)


@dataclass(frozen=True, slots=True)
class Details:
    """A way of paying that was checked: what a payout copies; `facts` are what this way needs besides."""

    kind: MethodKind
    holder: str
    country: str = ""
    number: str = ""
    routing: str = ""
    note: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def checked(given: MethodInput) -> Details:
    """Return the details that this way of paying needs; raises `BadInput` that names the field and what to do."""
    check_words(given, ("holder", "note", *_ADDRESS))
    return _CHECKS[given.kind](given)


def _iban(given: MethodInput) -> Details:
    iban = iban_of(given.iban, "iban")
    if not iban.in_sepa_zone:
        raise bad("iban", _("This bank lies outside of the SEPA. Choose Wise, or a bank account elsewhere."))
    return Details(
        MethodKind.IBAN,
        given.holder,
        country=iban.country_code,
        number=iban.compact,
        routing=_bic_beside(iban, given.bic),
        facts=_address(given, needs_street=False) if _has_address(given) else {},
    )


def _bic_beside(iban: "IBAN", bic: str) -> str:
    """Return the bank's code: as it was typed, else the one that the IBAN leads to, if any is known."""
    typed = bic_of(bic, "bic")
    if typed and typed[4:6] != iban.country_code and iban.country_code not in {"GG", "JE", "IM", "MC", "SM", "VA"}:
        raise bad("bic", _("This code belongs to a bank in another country than the IBAN."))
    return typed or (iban.bic.compact if iban.bic else "")


def _ach(given: MethodInput) -> Details:
    number = compact(given.account)
    if not _AMERICAN_NUMBER.fullmatch(number):
        raise bad("account", _("Give the account number: 4 to 17 letters and digits."))
    routing = routing_of(given.routing, "routing")
    facts = {"holder_kind": _holder_kind(given), "account_type": _account_type(given)}
    return Details(MethodKind.ACH, given.holder, country="US", number=number, routing=routing, facts=facts)


def _bank(given: MethodInput) -> Details:
    country = country_of(given.country, "country", _("Choose the country of the bank."))
    if country == "US":
        raise bad("country", _("For an account in the USA choose that way."))
    if is_in_sepa(country):
        raise bad("country", _("Accounts in this country have an IBAN. Choose that way and give the IBAN."))
    if has_iban(country):
        return _bank_with_iban(given, country)
    number, routing = compact(given.account), compact(given.routing)
    if not _NUMBER.fullmatch(number):
        raise bad("account", _("Give the account number: 4 to 34 letters and digits."))
    shape, example = _ROUTING.get(country, _ANY_ROUTING)
    if not shape.fullmatch(routing):
        raise bad(
            "routing", _("Give the bank's number as it is written there, such as %(example)s.") % {"example": example}
        )
    return Details(MethodKind.BANK, given.holder, country=country, number=number, routing=routing)


def _bank_with_iban(given: MethodInput, country: str) -> Details:
    """Return an account with an IBAN outside of the SEPA, which other banks find by the bank's code."""
    iban = iban_of(given.account, "account")
    if iban.country_code != country:
        raise bad("country", _("This is another country than that of the IBAN."))
    bic = bic_of(needed(given, "routing", _("Give the bank's code (BIC).")), "routing")
    return Details(MethodKind.BANK, given.holder, country=country, number=iban.compact, routing=bic)


def _paypal(given: MethodInput) -> Details:
    address = email_of(given.email, "email", _("Give the mail address of your PayPal account."))
    return Details(MethodKind.PAYPAL, given.holder, number=address)


def _wise(given: MethodInput) -> Details:
    currency = given.currency.strip().upper()
    wanted = formats().get(currency)
    if wanted is None:
        raise bad("currency", _("Choose the currency of the account."))
    typed = {name: _wise_detail(given, name, detail) for name, detail in wanted.details.items()}
    facts = {"currency": currency, "holder_kind": _holder_kind(given), "branch": typed.get("branch", "")}
    if wanted.account_type:
        facts["account_type"] = _account_type(given)
    if wanted.address:
        facts |= _address(given, needs_street=True)
    if given.email.strip():
        facts["email"] = email_of(given.email, "email", _("This is no mail address."))
    number = typed.get("iban") or typed.get("account", "")
    country = number[:2] if "iban" in typed else ""
    return Details(
        MethodKind.WISE,
        given.holder,
        country=country,
        number=number,
        routing=typed.get("routing", ""),
        facts={name: value for name, value in facts.items() if value},
    )


def _wise_detail(given: MethodInput, name: str, detail: Detail) -> str:
    text = compact(getattr(given, name))
    if not re.fullmatch(detail.shape, text):
        sentence = _("This account needs it written such as %(example)s.") % {"example": detail.example}
        raise bad(name, sentence)
    if detail.check == "iban":
        return iban_of(text, name).compact
    return routing_of(text, name) if detail.check == "aba" else text


def _manual(given: MethodInput) -> Details:
    note = needed(given, "note", _("Write what was agreed, such as: by cheque to the office."))
    return Details(MethodKind.MANUAL, given.holder, note=note)


def _has_address(given: MethodInput) -> bool:
    """Say whether anything of an address was typed: our forms ask for it, a merchant's file may not have it."""
    return any(getattr(given, name).strip() for name in (*_ADDRESS, "residence"))


def _address(given: MethodInput, *, needs_street: bool) -> dict[str, str]:
    """Return an address in fields of its own; banks want at least the town and the country."""
    town = needed(given, "town", _("Give the town: banks want it in a field of its own."))
    residence = country_of(given.residence, "residence")
    if needs_street:
        needed(given, "street", _("Give street and number: this bank asks for them."))
        needed(given, "postcode", _("Give the postcode: this bank asks for it."))
    found = {"street": given.street, "postcode": given.postcode, "town": town, "residence": residence}
    return {name: value.strip() for name, value in found.items() if value.strip()}


def _holder_kind(given: MethodInput) -> str:
    if given.holder_kind not in HOLDER_KINDS:
        raise bad("holder_kind", _("Say whether the account belongs to a person or to a company."))
    return given.holder_kind


def _account_type(given: MethodInput) -> str:
    if given.account_type not in ACCOUNT_TYPES:
        raise bad("account_type", _("Say whether it is a checking or a savings account."))
    return given.account_type


_CHECKS: Mapping[MethodKind, Callable[[MethodInput], Details]] = {
    MethodKind.IBAN: _iban,
    MethodKind.ACH: _ach,
    MethodKind.BANK: _bank,
    MethodKind.PAYPAL: _paypal,
    MethodKind.WISE: _wise,
    MethodKind.MANUAL: _manual,
}
