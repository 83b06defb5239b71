"""Read rates: the one between two currencies for a day, and what is known at all."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from django.conf import settings
from django.db.models import Max, QuerySet

from rapport.apps.rates.models import DoubtfulRate, DoubtState, ExchangeRate, RateSource
from rapport.domain.exchange import Pair, Quotation, Rate, choose_rate

IN_USE = timedelta(days=60)
"""How far before the last rate of a currency another pair with it is still shown."""


def rate_for(workspace_id: str, pair: Pair, *, day: date) -> Rate | None:
    """Return the rate that an order of this day takes: the latest of or before it that is not too old."""
    return rates_for(workspace_id, [(pair, day)])[pair, day]


def rates_for(workspace_id: str, wanted: Iterable[tuple[Pair, date]]) -> dict[tuple[Pair, date], Rate | None]:
    """Return the rate of each pair on its day; one question for each pair that is wanted."""
    days: dict[Pair, set[date]] = {}
    for pair, day in wanted:
        days.setdefault(pair, set()).add(day)
    return dict(chain.from_iterable(_of_pair(workspace_id, pair, on).items() for pair, on in days.items()))


def _of_pair(workspace_id: str, pair: Pair, days: Collection[date]) -> dict[tuple[Pair, date], Rate | None]:
    age = timedelta(days=settings.RATES_MOST_DAYS)
    rows = list(_between(workspace_id, pair).filter(day__range=(min(days) - age, max(days))))
    told = [quotation_of(row) for row in rows]
    return {(pair, day): choose_rate([one for one in told if day - age <= one.day <= day], pair) for day in days}


def last_rate(workspace_id: str, pair: Pair, *, day: date) -> Rate | None:
    """Return the latest rate between two currencies of or before a day, however old."""
    rows = _between(workspace_id, pair).filter(day__lte=day)
    latest = rows.aggregate(Max("day"))["day__max"]
    if latest is None:
        return None
    # A list of one day may lack one of the two, so a few days before it are looked at as well.
    near = rows.filter(day__gte=latest - timedelta(days=settings.RATES_MOST_DAYS))
    return choose_rate(map(quotation_of, near), pair)


def _between(workspace_id: str, pair: Pair) -> QuerySet[ExchangeRate]:
    """Return what was quoted of two currencies, against each other or against any third."""
    return ExchangeRate.objects.filter(workspace_id=workspace_id, quote__in=pair)


def quotation_of(row: ExchangeRate) -> Quotation:
    """Return a row as the rules know it."""
    by_hand = row.source == RateSource.MANUAL
    return Quotation(row.day, by_hand, row.id, row.base, row.quote, row.rate, row.source)


@dataclass(frozen=True, slots=True)
class KnownRate:
    """The latest rate of a pair, and how old it is."""

    row: ExchangeRate
    age_days: int

    @property
    def is_old(self) -> bool:
        """Say whether orders of today do without it."""
        return self.age_days > settings.RATES_MOST_DAYS


def known_rates(workspace_id: str, *, today: date) -> list[KnownRate]:
    """Return the latest rate of every pair, by its currencies; a pair long out of use beside another is left out."""
    rows = ExchangeRate.objects.filter(workspace_id=workspace_id)
    last: dict[Pair, ExchangeRate] = {}
    for quote, day in _last_days(rows):
        for row in sorted(rows.filter(quote=quote, day__gte=day - IN_USE), key=quotation_of):
            last[row.base, row.quote] = row
    return [KnownRate(row, (today - row.day).days) for _pair, row in sorted(last.items())]


def _last_days(rows: QuerySet[ExchangeRate]) -> Iterator[tuple[str, date]]:
    """Yield each currency with the last day of which its rate is known, from one end of the index to the next.

    With the bank's history there are hundreds of thousands of rows: grouping them took ten times as long (600 ms).
    """
    ordered = rows.order_by("quote").values_list("quote", flat=True)
    quote = ordered.first()
    while quote:
        yield quote, rows.filter(quote=quote).order_by("-day").values_list("day", flat=True)[:1][0]
        quote = ordered.filter(quote__gt=quote).first()


def rates_of(workspace_id: str) -> QuerySet[ExchangeRate]:
    """Return the rates of a workspace, the latest day first."""
    return ExchangeRate.objects.filter(workspace_id=workspace_id).order_by("-day", "-id")


def doubts_of(workspace_id: str) -> QuerySet[DoubtfulRate]:
    """Return the rates of a workspace that wait for a person, by currency and day."""
    return DoubtfulRate.objects.filter(workspace_id=workspace_id, state=DoubtState.OPEN).order_by("quote", "day", "id")


def all_doubts() -> QuerySet[DoubtfulRate]:
    """Return every rate that jumped, for a door that looks for the one its address names."""
    return DoubtfulRate.objects.all()
