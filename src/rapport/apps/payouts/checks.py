"""Checks of what banks are given: numbers by their digits, names and addresses by what a file can hold."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from rapport.apps.record.errors import BadInput

# The list of the banks of the world takes twenty megabytes: it is loaded where somebody types a bank account.
if TYPE_CHECKING:
    from schwifty import IBAN

_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*")
_FORMULA_SIGNS = ("=", "+", "-", "@")
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""What stands among the countries of the list of names and is none."""


def bad(name: str, sentence: str) -> BadInput:
    """Return a refusal at one field."""
    return BadInput(_("Some fields need another look."), fields={name: sentence})


def check_words(given: object, names: Iterable[str]) -> None:
    """Refuse control characters, and a beginning that a spreadsheet would take for a formula."""
    for name in names:
        text = str(getattr(given, name))
        if not _PRINTABLE.fullmatch(text):
            raise bad(name, _("Remove the control characters."))
        if text.startswith(_FORMULA_SIGNS):
            raise bad(name, _("Begin with a letter or a digit."))


def compact(text: str) -> str:
    """Return a number without the spaces and hyphens that people write into it."""
    return re.sub(r"[\s-]", "", text).upper()


def iban_of(text: str, name: str) -> "IBAN":
    """Return an IBAN that is as long as its country's are and whose check digits are the ones."""
    from schwifty import IBAN  # noqa: PLC0415 - see above
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - see above

    try:
        return IBAN(text)
    except SchwiftyException:
        raise bad(name, _("This is not an IBAN: a letter or digit is wrong, or some are missing.")) from None


def bic_of(text: str, name: str) -> str:
    """Return the code of a bank as banks write it; nothing for nothing."""
    from schwifty import BIC  # noqa: PLC0415 - see above
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - see above

    if not text.strip():
        return ""
    try:
        return BIC(compact(text)).compact
    except SchwiftyException:
        raise bad(name, _("This is not a bank's code (BIC): 8 or 11 letters and digits.")) from None


def routing_of(text: str, name: str) -> str:
    """Return the number of an American bank, whose last digit the others add up to."""
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - see above
    from stdnum.us import rtn  # noqa: PLC0415 - see above

    number = compact(text)
    try:
        checked: str = rtn.validate(number)
    except ValidationError:
        sentence = _("This is no American routing number: nine digits, of which the last checks the others.")
        raise bad(name, sentence) from None
    return checked


def email_of(text: str, name: str, sentence: str) -> str:
    """Return a mail address in its one spelling."""
    try:
        address = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise bad(name, sentence) from None
    if address.startswith(_FORMULA_SIGNS):
        raise bad(name, sentence)
    return address


def country_of(text: str, name: str, sentence: str = "") -> str:
    """Return a country by its two letters."""
    country = text.strip().upper()
    if country not in _countries():
        raise bad(name, sentence or _("Two letters of a country, such as DE."))
    return country


@cache
def _countries() -> frozenset[str]:
    """Return every country by its two letters."""
    from babel import Locale  # noqa: PLC0415 - its data takes 50 ms, and most processes check no country

    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if re.fullmatch(r"[A-Z]{2}", code) and code not in _NO_COUNTRIES)


def has_iban(country: str) -> bool:
    """Say whether accounts in a country have an IBAN."""
    from schwifty import registry  # noqa: PLC0415 - see above
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - see above

    try:
        registry.get_iban_spec(country)
    except SchwiftyException:
        return False
    return True


def is_in_sepa(country: str) -> bool:
    """Say whether accounts in a country have an IBAN that SEPA transfers reach."""
    from schwifty import registry  # noqa: PLC0415 - see above

    return has_iban(country) and registry.get_iban_spec(country).in_sepa_zone


def needed(given: object, name: str, sentence: str) -> str:
    """Return what was typed into a field that this way needs."""
    text = str(getattr(given, name)).strip()
    if not text:
        raise bad(name, sentence)
    return text
