"""What a payout sends, said in words: where the partner is paid in another currency, both amounts and the rate."""

from django.utils.translation import gettext as _

from rapport.apps.payouts.models import Payout
from rapport.domain.exchange import Exchange
from rapport.flows.explaining.words import money_words, rate_words


def amount_words(payout: Payout) -> str:
    """Return what goes out, with what it is in the program's currency where that is another one."""
    if payout.exchanged is None:
        return money_words(payout.amount)
    return _("%(sent)s (%(amount)s)") % {"sent": money_words(payout.sent), "amount": money_words(payout.amount)}


def exchange_words(payout: Payout) -> str:
    """Say by which rate a payout is exchanged, of which day and by whom; nothing where it is not."""
    exchange = payout.exchanged
    if exchange is None:
        return ""
    rate = rate_words(Exchange(payout.currency, exchange.known_rate), exchange.currency)
    return _("%(sent)s for %(amount)s: %(rate)s") % {
        "sent": money_words(payout.sent),
        "amount": money_words(payout.amount),
        "rate": rate,
    }
