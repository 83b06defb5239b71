"""What the actions of payouts take; how money travels is checked here, before anything is kept."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email
from pydantic import Field
from schwifty import IBAN
from schwifty import registry as banks
from schwifty.exceptions import SchwiftyException

from rapport.apps.payouts.models import MethodKind
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import Input

_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*")
_NUMBER = re.compile(r"[A-Z0-9]{4,34}")
_ROUTING_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)
_ROUTING = {
    "US": (re.compile(r"\d{9}"), "021000021"),
    "CA": (re.compile(r"\d{8,9}"), "00012004"),
    "AU": (re.compile(r"\d{6}"), "062000"),
    "IN": (re.compile(r"[A-Z]{4}0[A-Z0-9]{6}"), "HDFC0000001"),
}
"""What a bank is called where accounts have no IBAN, with an example; elsewhere 3 to 34 letters and digits."""
_ANY_ROUTING = (re.compile(r"[A-Z0-9]{3,34}"), "CHASUS33")


class MethodInput(Input):
    """How somebody wants to be paid, as it was typed."""

    kind: MethodKind
    holder: str = Field(min_length=1, max_length=70)
    iban: str = Field(default="", max_length=60)
    country: str = Field(default="", max_length=2)
    account: str = Field(default="", max_length=60)
    routing: str = Field(default="", max_length=60)
    email: str = Field(default="", max_length=254)
    note: str = Field(default="", max_length=250)


class PayoutSettingsInput(Input):
    """How a program pays; without a country only weekends move a payday."""

    country: str = Field(default="", max_length=2)
    cooling_hours: int = Field(ge=0, le=720)


@dataclass(frozen=True, slots=True)
class Details:
    """A way of paying that was checked: what a payout copies."""

    kind: MethodKind
    holder: str
    country: str = ""
    number: str = ""
    routing: str = ""
    note: str = ""


def checked(given: MethodInput) -> Details:
    """Return the details that this way of paying needs; raises `BadInput` that names the field and what to do."""
    for name in ("holder", "note"):
        if not _PRINTABLE.fullmatch(getattr(given, name)):
            raise _bad(name, _("Remove the control characters."))
    return _CHECKS[given.kind](given)


def _iban(given: MethodInput) -> Details:
    try:
        iban = IBAN(given.iban)
    except SchwiftyException:
        raise _bad("iban", _("This is not an IBAN: a letter or digit is wrong, or some are missing.")) from None
    return Details(MethodKind.IBAN, given.holder, country=iban.country_code, number=iban.compact)


def _bank(given: MethodInput) -> Details:
    country = given.country.upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise _bad("country", _("Choose the country of the bank."))
    if _has_iban(country):
        raise _bad("country", _("Accounts in this country have an IBAN. Choose that way and give the IBAN."))
    number, routing = _compact(given.account), _compact(given.routing)
    if not _NUMBER.fullmatch(number):
        raise _bad("account", _("Give the account number: 4 to 34 letters and digits."))
    shape, example = _ROUTING.get(country, _ANY_ROUTING)
    if not shape.fullmatch(routing) or (country == "US" and not _is_american(routing)):
        raise _bad(
            "routing", _("Give the bank's number as it is written there, such as %(example)s.") % {"example": example}
        )
    return Details(MethodKind.BANK, given.holder, country=country, number=number, routing=routing)


def _paypal(given: MethodInput) -> Details:
    try:
        address = validate_email(given.email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise _bad("email", _("Give the mail address of your PayPal account.")) from None
    return Details(MethodKind.PAYPAL, given.holder, number=address)


def _manual(given: MethodInput) -> Details:
    if not given.note:
        raise _bad("note", _("Write what was agreed, such as: by cheque to the office."))
    return Details(MethodKind.MANUAL, given.holder, note=given.note)


_CHECKS: Mapping[MethodKind, Callable[[MethodInput], Details]] = {
    MethodKind.IBAN: _iban,
    MethodKind.BANK: _bank,
    MethodKind.PAYPAL: _paypal,
    MethodKind.MANUAL: _manual,
}


def _has_iban(country: str) -> bool:
    try:
        banks.get_iban_spec(country)
    except SchwiftyException:
        return False
    return True


def _is_american(routing: str) -> bool:
    """Check the last digit of an American bank's number, which the others add up to."""
    return sum(weight * int(digit) for weight, digit in zip(_ROUTING_WEIGHTS, routing, strict=True)) % 10 == 0


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _bad(name: str, sentence: str) -> BadInput:
    return BadInput(_("Some fields need another look."), fields={name: sentence})
