"""What people read where the books say `accrued` or `approval_undone`."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.domain.books import AccountKind, EntryKind

ACCOUNT_LABELS: Final[Mapping[AccountKind, Promise]] = {
    AccountKind.EXPENSE: _("Commission expense"),
    AccountKind.ACCRUED: _("Accrued"),
    AccountKind.PAYABLE: _("Payable"),
    AccountKind.RESERVED: _("Reserved for a payout"),
    AccountKind.PAID: _("Paid"),
    AccountKind.FUNDING: _("Merchant's money"),
    AccountKind.TRANSIT: _("In transit"),
    AccountKind.PAID_OUT: _("Arrived at partners"),
    AccountKind.WITHHELD_TAX: _("Withheld tax"),
    AccountKind.INPUT_VAT: _("VAT paid to partners"),
    AccountKind.WRITTEN_OFF: _("Debts written off"),
    AccountKind.NETWORK_FEE: _("Network fee"),
    AccountKind.EXCHANGE: _("Currency exchange"),
    AccountKind.EXCHANGE_RESULT: _("Gain and loss from exchange"),
    AccountKind.OPENING: _("Opening balances"),
    AccountKind.ADJUSTMENT: _("Adjustments"),
}

ENTRY_LABELS: Final[Mapping[EntryKind, Promise]] = {
    EntryKind.JUDGED: _("Earned"),
    EntryKind.REVERSED: _("Reversed"),
    EntryKind.APPROVED: _("Approved"),
    EntryKind.APPROVAL_UNDONE: _("Approval undone"),
    EntryKind.RESERVED: _("Reserved for a payout"),
    EntryKind.SENT: _("Payout sent"),
    EntryKind.SETTLED: _("Paid"),
    EntryKind.WITHHELD: _("Tax withheld"),
    EntryKind.VAT_ADDED: _("VAT added"),
    EntryKind.WRITTEN_OFF: _("Debt written off"),
    EntryKind.NETWORK_FEE_CHARGED: _("Network fee charged"),
    EntryKind.EXCHANGED: _("Exchange cost more or less"),
    EntryKind.OPENED: _("Opening balance"),
    EntryKind.ADJUSTED: _("Adjusted by hand"),
    EntryKind.MIRRORED: _("Undone by its mirror"),
}
