"""What finance says of VAT, checked before anything is kept."""

from datetime import date

from django.utils.translation import gettext as _
from pydantic import Field

from rapport.apps.record.inputs import Input
from rapport.apps.taxes.errors import bad_field
from rapport.apps.taxes.inputs import exact_percent
from rapport.apps.taxes.tables import VatRate
from rapport.domain.vat import Treatment

_EARLIEST = date(1967, 1, 1)
_LETTERS = 2


class VatRateInput(Input):
    """The standard rate of a country from a day on, and which law or notice says so."""

    country: str = Field(min_length=1, max_length=2)
    percent: str = Field(min_length=1, max_length=8)
    from_on: date
    source: str = Field(default="", max_length=250)


class OverrideInput(Input):
    """How a partner's supplies are treated from a day on; an empty treatment follows from the profiles again."""

    treatment: str = Field(default="", max_length=16)
    from_on: date
    reason: str = Field(default="", max_length=250)


def checked_vat_rate(given: VatRateInput) -> VatRate:
    """Return a rate as it is kept; raises `BadInput`. A rate without a source is a rumour."""
    country = given.country.upper()
    if not (len(country) == _LETTERS and country.isascii() and country.isalpha()):
        raise bad_field("country", _("Give the two letters of a country, such as DE."))
    if given.from_on < _EARLIEST:
        raise bad_field("from_on", _("Give the day from which on the rate counts."))
    if not given.source.strip():
        raise bad_field("source", _("Say which law or notice says so; whoever checks it next looks there."))
    return VatRate(country, exact_percent(given.percent), given.from_on, given.source.strip())


def checked_override(given: OverrideInput) -> dict[str, str]:
    """Return the columns of an override but its day; raises `BadInput`."""
    if given.treatment not in {"", *Treatment}:
        raise bad_field("treatment", _("Choose one of the treatments."))
    if not given.reason.strip():
        raise bad_field("reason", _("Say why, such as the letter of the tax office. The partner reads it."))
    return {"treatment": given.treatment, "reason": given.reason.strip()}
