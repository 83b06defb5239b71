"""What the actions of taxes take, checked before anything is kept."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from pydantic import Field

from rapport.apps.record.inputs import Input
from rapport.apps.taxes.errors import bad_field
from rapport.apps.taxes.models import CheckSource, TaxFormKind, TaxKind
from rapport.domain.tax import EU, Need, Rule, rules_in_order

LARGEST_FORM = 5_000_000
"""Bytes of a form; three pages as a photograph are less."""

_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]*")
_MOST_PERCENT = Decimal(50)
_MEDIA = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_MOST_RULES = 20
PLACES = re.compile(r"!?[A-Z]{2}|")


class ProfileInput(Input):
    """Who somebody is to tax offices, as it was typed."""

    country: str = Field(min_length=2, max_length=2)
    kind: TaxKind
    legal_name: str = Field(min_length=1, max_length=120)
    street: str = Field(min_length=1, max_length=120)
    postcode: str = Field(default="", max_length=16)
    city: str = Field(min_length=1, max_length=80)
    region: str = Field(default="", max_length=80)
    vat_id: str = Field(default="", max_length=40)
    small_business: bool = False


class FormInput(Input):
    """A form that somebody signed; `content` is the file."""

    kind: TaxFormKind
    signed_on: date
    content: bytes


class RuleInput(Input):
    """One line of what a program asks for, as `domain.tax.Rule` has it."""

    where: str = Field(default="", max_length=3)
    kind: str = Field(default="", max_length=8)
    rail: str = Field(default="", max_length=16)
    needs: tuple[Need, ...]


class TaxSettingsInput(Input):
    """What a program asks for, and whether it bills for its partners."""

    rules: tuple[RuleInput, ...] = Field(default=(), max_length=_MOST_RULES)
    self_billing: bool = False


class RateInput(Input):
    """What is kept back from a partner, in percent, and why."""

    percent: str = Field(min_length=1, max_length=8)
    reason: str = Field(default="", max_length=250)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a VAT id: by what, and what a register answered."""

    source: CheckSource
    is_valid: bool
    name: str = ""
    reference: str = ""


def checked_profile(given: ProfileInput) -> dict[str, str | bool]:
    """Return the columns of a profile; raises `BadInput` that names the field and what to do."""
    columns = given.model_dump() | {"kind": str(given.kind), "country": given.country.upper()}
    for name, value in columns.items():
        if isinstance(value, str) and not _PRINTABLE.fullmatch(value):
            raise bad_field(name, _("Remove the control characters."))
    country = str(columns["country"])
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise bad_field("country", _("Give the two letters of a country, such as DE."))
    return columns | {"vat_id": checked_vat_id(given.vat_id, country)}


def checked_vat_id(text: str, country: str) -> str:
    """Return a VAT id as it is written, with its country where the union asks for it; an empty one stays empty."""
    if not text:
        return ""
    # The numbers of all countries take some megabytes: only who types one carries them.
    from stdnum import get_cc_module  # noqa: PLC0415 - see above
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - see above

    module = get_cc_module(country, "vat")
    if module is None:
        raise bad_field("vat_id", _("We know no VAT id of this country. Leave it empty."))
    try:
        number = str(module.validate(text))
    except ValidationError:
        sentence = _("This is not a VAT id of %(country)s: a letter or digit is wrong, or some are missing.")
        raise bad_field("vat_id", sentence % {"country": country}) from None
    prefix = "EL" if country == "GR" else country
    return number if country not in EU or number.startswith(prefix) else f"{prefix}{number}"


def checked_media(content: bytes) -> str:
    """Return what a file is by what it holds, whatever its name says; raises `BadInput`."""
    if len(content) > LARGEST_FORM:
        raise bad_field("file", _("This file is too large: at most 5 MB."))
    media = next((media for mark, media in _MEDIA.items() if content.startswith(mark)), None)
    if media is None:
        raise bad_field("file", _("Give a PDF, JPEG or PNG file. This one is none, whatever its name says."))
    return media


def checked_rules(given: TaxSettingsInput) -> tuple[Rule, ...]:
    """Return what a program asks for as rules; raises `BadInput`."""
    for row in given.rules:
        if not PLACES.fullmatch(row.where.upper()):
            raise bad_field("rules", _("Give a country as two letters, EU, or one of them with ! for everywhere else."))
        if row.kind not in {"", *TaxKind.values} or not row.needs:
            raise bad_field("rules", _("Choose who is meant and at least one thing that is asked for."))
    return rules_in_order(
        Rule(row.where.upper(), row.kind, row.rail, tuple(need for need in Need if need in row.needs))
        for row in given.rules
    )


def checked_percent(given: RateInput) -> str:
    """Return a rate as an exact decimal text; raises `BadInput`. A rate above nothing needs its reason."""
    percent = exact_percent(given.percent)
    if percent != "0" and not given.reason:
        raise bad_field("reason", _("Say why, such as: no tax number on file. The partner reads it."))
    return percent


def exact_percent(text: str) -> str:
    """Return a percentage as an exact decimal text; raises `BadInput`."""
    try:
        percent = Decimal(text.replace(",", ".").removesuffix("%").strip())
    except InvalidOperation:
        raise bad_field("percent", _("Give a number, such as 24.")) from None
    if not percent.is_finite() or not 0 <= percent <= _MOST_PERCENT or percent != round(percent, 3):
        raise bad_field("percent", _("Give a percentage from 0 to 50 with at most three decimals."))
    return f"{percent.normalize():f}"
