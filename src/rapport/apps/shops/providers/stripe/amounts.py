"""Stripe's minor units, which are not always the currency's own."""

from django.utils.translation import gettext as _

from rapport.apps.shops.errors import NotUnderstood
from rapport.domain.money import CURRENCIES

_NO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
# ISK and UGX have no decimals, and Stripe writes them with two for the sake of old programs; so it does all others.
_TWO = 2


def decimals_of(currency: str) -> int:
    """Return with how many decimals Stripe counts a currency."""
    if currency in _NO_DECIMALS:
        return 0
    return len("000") if currency in _THREE_DECIMALS else _TWO


def own_minor(amount: object, currency: str) -> int:
    """Return an amount of Stripe in the minor units of the currency itself."""
    own = CURRENCIES.get(currency)
    if own is None:
        raise NotUnderstood(_("%(code)s is no currency that is known here.") % {"code": currency[:10]})
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise NotUnderstood(_("“%(text)s” is not an amount.") % {"text": str(amount)[:40]})
    shift = own - decimals_of(currency)
    if shift >= 0:
        return amount * _power(shift)
    whole, rest = divmod(amount, _power(-shift))
    if rest:
        raise NotUnderstood(_("“%(text)s” is not an amount.") % {"text": str(amount)})
    return whole


def stripe_minor(minor: int, currency: str) -> int:
    """Return an amount as Stripe counts it."""
    shift = decimals_of(currency) - CURRENCIES[currency]
    return minor * _power(shift) if shift >= 0 else minor // _power(-shift)


def _power(decimals: int) -> int:
    return int("1" + "0" * decimals)
