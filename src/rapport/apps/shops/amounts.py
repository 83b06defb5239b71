"""Amounts as shops write them, read exactly into minor units; never by way of a float."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from rapport.apps.shops.errors import NotUnderstood
from rapport.domain.money import CURRENCIES, MAX_MINOR

_LONGEST = 40


def minor_of(text: object, currency: str) -> int:
    """Return a decimal text such as "12.50" in minor units; zeros beyond the currency's decimals are let go."""
    decimals = CURRENCIES.get(currency)
    if decimals is None:
        raise NotUnderstood(_("%(code)s is no currency that is known here.") % {"code": str(currency)[:10]})
    try:
        minor = Decimal(str(text)[:_LONGEST]).scaleb(decimals)
        whole = int(minor) if minor.adjusted() < _LONGEST else MAX_MINOR + 1
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise _no_amount(text) from error
    if minor != whole or abs(whole) > MAX_MINOR:
        raise _no_amount(text)
    return whole


def text_of(minor: int, currency: str) -> str:
    """Return minor units as the decimal text that every door takes."""
    decimals = CURRENCIES[currency]
    return format(Decimal(minor).scaleb(-decimals), "f")


def _no_amount(text: object) -> NotUnderstood:
    return NotUnderstood(_("“%(text)s” is not an amount.") % {"text": str(text)[:40]})
