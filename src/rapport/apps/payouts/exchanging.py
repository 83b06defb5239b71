"""What payouts in other currencies ask: who wants to be paid in which, by which rate, what a run sends in each."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import Coalesce

from rapport.apps.ledger.models import Posting
from rapport.apps.payouts.models import PayoutExchange, PayoutMethodCurrency, PayoutRun, PayoutRunRate, PayoutState
from rapport.apps.programs.models import Program
from rapport.apps.rates.queries import rates_for
from rapport.domain.books import AccountKind
from rapport.domain.exchange import Rate
from rapport.domain.money import Money


def wishes_of(method_ids: Collection[str]) -> dict[str, str]:
    """Return by method the currency that its owner wants to be paid in; those that follow the program are missing."""
    rows = PayoutMethodCurrency.objects.filter(method_id__in=method_ids)
    return dict(rows.values_list("method_id", "currency"))


def run_rates(run_id: str) -> dict[str, Rate]:
    """Return by currency the rates that a run has fixed."""
    rows = PayoutRunRate.objects.filter(run_id=run_id)
    return {row.currency: Rate(row.rate, row.rate_day, row.rate_source) for row in rows}


def exchange_result_of(payout_id: str) -> int:
    """Return what exchanging a payout cost more than its rate said, by the books; below zero where it cost less."""
    kind = AccountKind.EXCHANGE_RESULT.value
    rows = Posting.objects.filter(memo=payout_id).order_by()
    lost = rows.filter(destination__kind=kind).aggregate(minor=Coalesce(Sum("amount_minor"), 0))["minor"]
    won = rows.filter(source__kind=kind).aggregate(minor=Coalesce(Sum("amount_minor"), 0))["minor"]
    return int(lost) - int(won)


def sent_totals(run_id: str) -> list[Money]:
    """Return what a run sends in each currency that is not the program's own, by its code."""
    rows = PayoutExchange.objects.filter(payout__run_id=run_id).exclude(payout__state=PayoutState.CANCELLED)
    sums = rows.order_by().values_list("currency").annotate(minor=Sum("amount_minor")).order_by("currency")
    return [Money(minor, currency) for currency, minor in sums]


def rates_of_now(program: Program, currencies: Collection[str], *, at: datetime) -> dict[str, Rate]:
    """Return what the program's currency is worth now in each of these, where that is known."""
    day = at.astimezone(ZoneInfo(program.zone)).date()
    wanted = [((program.currency, currency), day) for currency in sorted(currencies) if currency != program.currency]
    found = rates_for(program.workspace_id, wanted)
    return {pair[1]: rate for (pair, _day), rate in found.items() if rate}


def rates_for_run(run: PayoutRun, currencies: Collection[str], *, at: datetime) -> dict[str, Rate]:
    """Return the rates of a run in these currencies: those that it fixed, and for the others those of now."""
    fixed = run_rates(run.id)
    return rates_of_now(run.program, set(currencies) - fixed.keys(), at=at) | fixed
