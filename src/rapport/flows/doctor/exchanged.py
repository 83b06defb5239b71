"""Do payouts in other currencies send what their rate says, and do the books hold the same in every currency."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Sum
from django.utils.translation import gettext as _

from rapport.apps.ledger.models import Posting
from rapport.apps.payouts.models import PayoutExchange, PayoutState
from rapport.domain.books import AccountKind
from rapport.domain.exchange import convert
from rapport.flows.doctor.looks import PAGE, Seen

_ON_ITS_WAY = {PayoutState.SENT, PayoutState.SETTLED}
_AT = {PayoutState.SENT: AccountKind.TRANSIT, PayoutState.SETTLED: AccountKind.PAID_OUT}

Held = dict[tuple[str, str, str], int]
"""What postings moved, by what they name, the kind of account and the currency."""


def exchanges(seen: Seen) -> Iterator[str]:
    """Hold what each payout sends to its rate, and both of its currencies to the books."""
    rows = PayoutExchange.objects.select_related("payout__run").order_by("payout_id")
    for page in seen.pages(rows.iterator(PAGE)):
        held = _held([row.payout_id for row in page])
        for row in page:
            if convert(row.payout.amount, row.currency, rate=row.known_rate).minor != row.amount_minor:
                yield _("%(id)s sends another amount than its rate says.") % {"id": row.payout_id}
            rate = row.payout.run.rates.filter(currency=row.currency).values_list("rate", "rate_day").first()
            if rate != (row.rate, row.rate_day):
                yield _("%(id)s was exchanged at another rate than its run.") % {"id": row.payout_id}
            if {key: minor for key, minor in held.items() if key[0] == row.payout_id and minor} != _expected(row):
                yield _("%(id)s: the books exchanged something else than it says.") % {"id": row.payout_id}


def _expected(row: PayoutExchange) -> Held:
    """Return what the books must hold for a payout: nothing before it is sent, and nothing after it came back."""
    state, payout = PayoutState(row.payout.state), row.payout
    if state not in _ON_ITS_WAY:
        return {}
    return {
        (payout.id, AccountKind.EXCHANGE, payout.currency): payout.amount_minor,
        (payout.id, AccountKind.EXCHANGE, row.currency): -row.amount_minor,
        (payout.id, _AT[state], row.currency): row.amount_minor,
    }


def _held(payout_ids: Sequence[str]) -> Held:
    """Return what these payouts left on the accounts that exchange and send, mirrors included."""
    kinds = [AccountKind.EXCHANGE, AccountKind.TRANSIT, AccountKind.PAID_OUT]
    found: Held = defaultdict(int)
    for side, sign in (("source", -1), ("destination", 1)):
        rows = Posting.objects.filter(memo__in=payout_ids, **{f"{side}__kind__in": kinds}).order_by()
        sums = rows.values_list("memo", f"{side}__kind", "currency").annotate(minor=Sum("amount_minor"))
        for memo, kind, currency, minor in sums:
            found[memo, kind, currency] += sign * minor
    return dict(found)
