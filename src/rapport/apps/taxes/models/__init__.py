"""Tables of taxes: papers, what programs ask for and keep back, VAT."""

from rapport.apps.taxes.models.papers import (
    CheckSource,
    TaxForm,
    TaxFormKind,
    TaxFormState,
    TaxKind,
    TaxNumber,
    TaxProfile,
    VatCheck,
)
from rapport.apps.taxes.models.programs import SelfBilling, TaxRate, TaxRequest, TaxSettings
from rapport.apps.taxes.models.vat import VatOverride, VatRateRow

__all__ = [
    "CheckSource",
    "SelfBilling",
    "TaxForm",
    "TaxFormKind",
    "TaxFormState",
    "TaxKind",
    "TaxNumber",
    "TaxProfile",
    "TaxRate",
    "TaxRequest",
    "TaxSettings",
    "VatCheck",
    "VatOverride",
    "VatRateRow",
]
