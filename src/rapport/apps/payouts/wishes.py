"""In which currency a partner may be paid on each rail, and whether what was typed is one of them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rapport.apps.payouts.checks import bad
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.providers.paypal.wording import CURRENCIES as PAYPAL
from rapport.domain.money import CURRENCIES

_ONLY = {MethodKind.IBAN: ("EUR",), MethodKind.ACH: ("USD",)}
"""Rails that carry one currency."""


def wished_currency(given: MethodInput) -> str:
    """Return the currency that somebody wants to be paid in; empty for whichever the program has."""
    wish = given.pay_in.strip().upper()
    if not wish:
        return ""
    offered = _offered(given)
    if wish not in offered:
        sentence = _("This way of being paid carries %(currencies)s. Choose one of these, or the program's currency.")
        raise bad("pay_in", sentence % {"currencies": ", ".join(offered)})
    return wish


def _offered(given: MethodInput) -> Sequence[str]:
    if given.kind in _ONLY:
        return _ONLY[given.kind]
    if given.kind == MethodKind.PAYPAL:
        return sorted(PAYPAL)
    if given.kind == MethodKind.WISE:
        return (given.currency.strip().upper(),)
    return sorted(CURRENCIES)
