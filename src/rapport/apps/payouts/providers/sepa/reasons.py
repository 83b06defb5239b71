"""Why a bank refused or sent back a transfer, in words: the external codes of ISO 20022 that are met in practice."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Final[dict[str, Promise]] = {
    "AC01": _("The account number is wrong."),
    "AC02": _("The paying account's number is wrong."),
    "AC03": _("The account number is wrong."),
    "AC04": _("The account was closed."),
    "AC06": _("The account is blocked."),
    "AC13": _("This kind of account cannot be paid this way."),
    "AG01": _("The account may not receive such transfers."),
    "AG02": _("The bank does not know this kind of order."),
    "AM01": _("The amount is zero."),
    "AM02": _("The amount is above what the bank allows."),
    "AM03": _("The bank does not carry this currency."),
    "AM04": _("There is not enough money on the paying account."),
    "AM05": _("The bank took it for a duplicate."),
    "AM09": _("The amount is not as agreed."),
    "AM10": _("The control sum does not fit."),
    "BE01": _("The name does not belong to the account."),
    "BE04": _("The address of whoever is paid is missing."),
    "BE05": _("The bank does not know who sent the file."),
    "BE06": _("The bank does not know whoever is paid."),
    "BE07": _("The address of the payer is missing."),
    "CNOR": _("The bank of whoever is paid is not reached this way."),
    "CUST": _("The payer took it back."),
    "DNOR": _("The paying bank is not reached this way."),
    "DT01": _("The day of execution is not allowed."),
    "DUPL": _("The bank took it for a duplicate."),
    "FF01": _("The bank could not read the file."),
    "FOCR": _("It was asked back."),
    "FRAD": _("Fraud is suspected."),
    "MD07": _("The holder of the account has died."),
    "MS02": _("Whoever is paid refused it."),
    "MS03": _("The bank gives no reason."),
    "NARR": _("The bank explains it in its own words."),
    "RC01": _("The bank's code (BIC) is wrong."),
    "RC04": _("The bank's code (BIC) of whoever is paid is wrong or missing."),
    "RR01": _("The payer's account or identification is missing."),
    "RR02": _("The payer's name or address is missing."),
    "RR03": _("The name or address of whoever is paid is missing."),
    "RR04": _("A regulation stands against it."),
    "TM01": _("The file came after the bank's hour."),
}


def reason_words(code: str, more: str = "") -> str:
    """Return a reason in words with its code, and what the bank wrote besides."""
    words = " ".join(filter(None, (str(REASONS.get(code, "")), more.strip())))
    return f"{words} ({code})".strip() if code else words
