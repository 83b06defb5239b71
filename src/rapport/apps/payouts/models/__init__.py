"""Tables of payouts: how money travels, runs with their payouts, what goes out and what banks answer."""

from rapport.apps.payouts.models.corrections import CORRECTED, VatCorrection
from rapport.apps.payouts.models.files import CallState, ChangeNotice, FileFormat, PayoutFile, RailAccount, RailCall
from rapport.apps.payouts.models.methods import MethodKind, PayoutMethod, PayoutMethodCurrency, PayoutSettings
from rapport.apps.payouts.models.runs import (
    Payout,
    PayoutExchange,
    PayoutLine,
    PayoutRun,
    PayoutRunRate,
    PayoutRunState,
    PayoutState,
    PayoutTax,
    PayoutVerdict,
    WriteOff,
    WriteOffState,
)

__all__ = [
    "CORRECTED",
    "CallState",
    "ChangeNotice",
    "FileFormat",
    "MethodKind",
    "Payout",
    "PayoutExchange",
    "PayoutFile",
    "PayoutLine",
    "PayoutMethod",
    "PayoutMethodCurrency",
    "PayoutRun",
    "PayoutRunRate",
    "PayoutRunState",
    "PayoutSettings",
    "PayoutState",
    "PayoutTax",
    "PayoutVerdict",
    "RailAccount",
    "RailCall",
    "VatCorrection",
    "WriteOff",
    "WriteOffState",
]
