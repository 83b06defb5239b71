"""The words of PayPal: what one call holds, what an item's state means for us, and why one failed."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.apps.payouts.providers.protocol import Dispatch, RailAnswer, respelled, spelled
from rapport.domain.money import BadAmount, format_amount, parse_amount
from rapport.domain.payouts import Outcome

MOST_ITEMS: Final = 15_000
"""What PayPal takes in one call."""

CURRENCIES: Final = frozenset(
    (
        *("AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "JPY", "MXN"),
        *("MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "USD"),
    )
)
"""What PayPal pays out in. Of HUF and TWD it takes whole amounts alone, so they are left out."""

OUTCOMES: Final = {
    "SUCCESS": Outcome.SETTLED,
    "FAILED": Outcome.FAILED,
    "DENIED": Outcome.FAILED,
    "BLOCKED": Outcome.FAILED,
    "UNCLAIMED": Outcome.UNCLAIMED,
    "RETURNED": Outcome.RETURNED,
    "REFUNDED": Outcome.RETURNED,
    "REVERSED": Outcome.RETURNED,
    "CANCELED": Outcome.RETURNED,
    "CANCELLED": Outcome.RETURNED,
}
"""What an item's state says for certain; every other one means that the money is on its way."""

DENIED: Final = frozenset({"DENIED", "CANCELED", "CANCELLED"})
"""States of a whole call of which nothing was paid."""

_STATES: Final[dict[str, Promise]] = {
    "FAILED": _("PayPal could not pay it."),
    "DENIED": _("PayPal refused it."),
    "BLOCKED": _("PayPal blocked it."),
    "UNCLAIMED": _("Nobody with this address has taken it yet; after 30 days it comes back."),
    "RETURNED": _("Nobody took it within 30 days."),
    "REFUNDED": _("The payee sent it back."),
    "REVERSED": _("PayPal took it back."),
    "CANCELED": _("It was taken back before anybody took it."),
    "CANCELLED": _("It was taken back before anybody took it."),
}
_ERRORS: Final[dict[str, Promise]] = {
    "INSUFFICIENT_FUNDS": _("There is not enough money in the PayPal account."),
    "RECEIVER_UNREGISTERED": _("This address has no PayPal account yet."),
    "RECEIVER_UNCONFIRMED": _("The payee has not confirmed this address."),
    "RECEIVER_ACCOUNT_LOCKED": _("The payee's PayPal account is locked."),
    "RECEIVER_COUNTRY_NOT_ALLOWED": _("PayPal pays nobody in the payee's country."),
    "RECEIVER_STATE_RESTRICTED": _("PayPal pays nobody in the payee's state."),
    "CURRENCY_NOT_SUPPORTED_FOR_RECEIVER": _("The payee cannot receive this currency."),
    "CURRENCY_COMPLIANCE": _("PayPal may not pay this currency to the payee."),
    "DUPLICATE_ITEM": _("PayPal took it for a duplicate."),
    "INVALID_EMAIL": _("The mail address is wrong."),
    "SELF_PAY_NOT_ALLOWED": _("The PayPal account cannot pay itself."),
    "SENDER_EMAIL_UNCONFIRMED": _("The paying account's address is not confirmed."),
    "SENDER_ACCOUNT_LOCKED": _("The paying account is locked."),
    "TRANSACTION_LIMIT_EXCEEDED": _("It is above PayPal's limit for one payment."),
    "REGULATORY_BLOCKED": _("A regulation stands against it."),
    "RISK_DECLINE": _("PayPal holds it for a risk."),
}


def body_of(dispatch: Dispatch) -> bytes:
    """Return what one call holds: the same bytes for the same payouts."""
    header = {"sender_batch_id": dispatch.name}
    if subject := dispatch.account.get("subject"):
        header["email_subject"] = subject
    items = [
        {
            "recipient_type": "EMAIL",
            "receiver": one.number,
            "amount": {"value": format_amount(one.amount), "currency": one.amount.currency},
            "note": f"{dispatch.program}, {spelled(one.payout_id)}"[:165],
            "sender_item_id": spelled(one.payout_id),
        }
        for one in dispatch.instructions
    ]
    return json.dumps({"sender_batch_header": header, "items": items}, sort_keys=True, separators=(",", ":")).encode()


def answer_of(item: Mapping[str, Any], *, line: int) -> RailAnswer:
    """Return what PayPal says of one item; its amount as whole minor units, for whoever compares it."""
    state = str(item.get("transaction_status", ""))
    told = item.get("payout_item") or {}
    outcome = OUTCOMES.get(state)
    reference = str(item.get("transaction_id") or item.get("payout_item_id") or "")
    return RailAnswer(
        line=line,
        payout=respelled(str(told.get("sender_item_id", ""))),
        outcome=outcome,
        words=reference if outcome is Outcome.SETTLED else _why(state, item),
        minor=_minor(told.get("amount") or {}),
    )


def error_words(name: str, message: str = "") -> str:
    """Say an error of PayPal in words, with its name."""
    words = str(_ERRORS.get(name, "")) or message
    return f"{words} ({name})".strip() if name else words


def _why(state: str, item: Mapping[str, Any]) -> str:
    errors = item.get("errors") or {}
    name = str(errors.get("name", ""))
    if name:
        return error_words(name, str(errors.get("message", "")))
    return f"{_STATES.get(state, '')} ({state})".strip()


def _minor(amount: Mapping[str, Any]) -> int | None:
    try:
        return parse_amount(str(amount["value"]), str(amount["currency"])).minor
    except (KeyError, BadAmount):
        return None
