"""Why an American bank sent a credit back, and what it wants corrected, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RETURNS: Final[dict[str, Promise]] = {
    "R01": _("There is not enough money on the paying account."),
    "R02": _("The account was closed."),
    "R03": _("There is no such account, or it belongs to somebody else."),
    "R04": _("The account number is wrong."),
    "R05": _("The account belongs to a person and was paid by the rules for companies."),
    "R06": _("The paying bank asked for it back."),
    "R07": _("The holder of the account withdrew the permission."),
    "R08": _("The holder of the account stopped it."),
    "R09": _("The paying account holds money that is not collected yet."),
    "R10": _("The holder of the account does not know the payer."),
    "R11": _("It is not as the holder of the account agreed to."),
    "R12": _("The branch was sold to another bank."),
    "R13": _("The routing number belongs to no bank that takes part."),
    "R14": _("The payee has died or can no longer act."),
    "R15": _("The holder of the account has died."),
    "R16": _("The account is frozen."),
    "R17": _("The bank could not process the entry."),
    "R18": _("The day of execution is wrong."),
    "R19": _("The amount is wrong."),
    "R20": _("This account takes no such transfers."),
    "R21": _("The company identification is wrong."),
    "R22": _("The bank does not know the payee by this name or number."),
    "R23": _("The payee refused it."),
    "R24": _("The bank took it for a duplicate."),
    "R26": _("A required field is missing."),
    "R28": _("The routing number's check digit is wrong."),
    "R29": _("The company that holds the account did not agree."),
    "R30": _("The bank takes part in no such scheme."),
    "R31": _("It was sent back with the payer's consent."),
    "R34": _("The bank may not take part."),
    "R61": _("It was sent back to the wrong bank."),
    "R67": _("It was sent back twice."),
    "R68": _("It was sent back too late."),
    "R69": _("The return itself had wrong fields."),
    "R80": _("Something is wrong with a payment across the border."),
    "R83": _("A payment across the border could not be settled."),
    "R84": _("The gateway did not process it."),
}

CHANGES: Final[dict[str, Promise]] = {
    "C01": _("The account number should be another one."),
    "C02": _("The routing number should be another one."),
    "C03": _("Routing number and account number should be others."),
    "C04": _("The name should be another one."),
    "C05": _("The kind of account should be the other one."),
    "C06": _("Account number and kind of account should be others."),
    "C07": _("Routing number, account number and kind of account should be others."),
    "C08": _("The number of the foreign bank should be another one."),
    "C09": _("The payee's number should be another one."),
    "C13": _("The added lines are not as they should be."),
}


CORRECTIONS: Final = {
    "C01": {"account": slice(17)},
    "C02": {"routing": slice(9)},
    "C03": {"routing": slice(9), "account": slice(12, 29)},
    "C05": {"account_type": slice(2)},
    "C06": {"account": slice(17), "account_type": slice(20, 22)},
    "C07": {"routing": slice(9), "account": slice(9, 26), "account_type": slice(26, 28)},
}
"""Where a notification of change has what, in its 29 letters of corrected data."""

_TYPES: Final = {"2": "checking", "3": "savings"}


def corrected_fields(code: str, text: str) -> dict[str, str]:
    """Return the fields of a method that a notification of change writes anew."""
    found = {name: text.ljust(29)[where].strip() for name, where in CORRECTIONS.get(code, {}).items()}
    if "account_type" in found:
        found["account_type"] = _TYPES.get(found["account_type"][:1], "")
    return {name: value for name, value in found.items() if value}


def return_words(code: str) -> str:
    """Return why something came back, with the bank's code."""
    return f"{RETURNS.get(code, _('The bank sent it back.'))} ({code})"


def change_words(code: str) -> str:
    """Return what should be written another way, with the bank's code."""
    return f"{CHANGES.get(code, _('The bank wants something corrected.'))} ({code})"
