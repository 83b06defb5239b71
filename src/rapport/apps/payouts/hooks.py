"""What proves a message about a program's payments: the end of an address that only its provider was given."""

from rapport.apps.payouts.details import account_of
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.queries import account_in_use
from rapport.apps.record.errors import Unreadable

HOOK = "hook"
"""The fact of an account that the address ends with."""

_NOBODY_KNOWS = "-"


def hook_of_program(program_id: str) -> str:
    """Return what the address of PayPal's messages to a program ends with; for a program without one, nothing known."""
    account = account_in_use(program_id, MethodKind.PAYPAL)
    try:
        return (account_of(account).get(HOOK) if account else "") or _NOBODY_KNOWS * 64
    except Unreadable:
        return _NOBODY_KNOWS * 64
