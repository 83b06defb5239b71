"""Tables of conversions: orders as merchants reported them, and the postbacks that told of them."""

from rapport.apps.conversions.models.orders import (
    Binding,
    Conversion,
    ConversionLine,
    ConversionState,
    Correction,
    CorrectionKind,
    Customer,
    DeclineCode,
    Door,
    HumanDecision,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.apps.conversions.models.postbacks import (
    JournalCursor,
    PostbackProfile,
    Receipt,
    ReceiptState,
    SetAside,
)

__all__ = [
    "Binding",
    "Conversion",
    "ConversionLine",
    "ConversionState",
    "Correction",
    "CorrectionKind",
    "Customer",
    "DeclineCode",
    "Door",
    "HumanDecision",
    "JournalCursor",
    "NamedClick",
    "NamedCoupon",
    "PostbackProfile",
    "Receipt",
    "ReceiptState",
    "Report",
    "SetAside",
]
