"""What clicks brought: orders, their worth and what was earned from them, by partner or by what the click carried."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Field, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KT

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import NamedClick
from rapport.apps.conversions.queries import in_own_minor
from rapport.apps.programs.models import Program

BY_FACT = frozenset(
    {
        *("placement", "channel", "creative", "device", "browser", "country", "language", "referrer"),
        *(f"sub{number}" for number in range(1, 11)),
    }
)
"""What is stored of a click with the decision about its order (`rapport.flows.settlement`)."""

_FACTS = {"referrer": "referrer_host"}  # under another name than the dimension's

WAITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
"""Bounds of the time between click and order, each but the last that a wait stays below."""


@dataclass(frozen=True, slots=True)
class Yield:
    """Orders with their worth and what was earned from them, in minor units of the program's currency."""

    orders: int = 0
    sales_minor: int = 0
    earned_minor: int = 0

    def __add__(self, other: "Yield") -> "Yield":
        """Return both together."""
        return Yield(
            self.orders + other.orders,
            self.sales_minor + other.sales_minor,
            self.earned_minor + other.earned_minor,
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """Which orders are meant: of a program, maybe of one agreement, from a moment until before another."""

    program: Program
    from_at: datetime
    until_at: datetime
    agreement_id: str | None = None


def can_yield_by(dimension: str) -> bool:
    """Say whether orders can be told apart by this dimension of clicks."""
    return dimension in {"agreement", "link", *BY_FACT}


def yields_by(selection: Selection, dimension: str) -> dict[str, Yield]:
    """Return what clicks brought under each key of a dimension.

    An order belongs to the last click that it named of the agreement that earns from it, and to the empty key where it
    named none, as with a code. One from which two agreements earn counts for each.
    """
    key = F("agreement_id") if dimension == "agreement" else _of_last_click(dimension)
    rows = (
        _earning(selection)
        .annotate(key=key)
        .values("key", "conversion__currency", "conversion__rate")
        .annotate(
            orders=Count("conversion", distinct=True),
            sales=Sum("conversion__total_minor"),
            earned=Sum(F("accrued_minor") + F("payable_minor") + F("reserved_minor") + F("paid_minor")),
        )
        .values_list("key", "conversion__currency", "conversion__rate", "orders", "sales", "earned")
    )
    return _summed(rows, currency=selection.program.currency)


def waits(selection: Selection) -> dict[str, int]:
    """Return how many orders came within an hour, a day, a week, a month of their click, and `longer` after it."""
    clicked = _earning(selection).annotate(clicked_at=_of_last_click("clicked_at")).filter(clicked_at__isnull=False)
    within = {name: _within(bound) for name, bound in WAITS.items()}
    told = clicked.aggregate(longer=Count("conversion", distinct=True), **within)
    counts, before = {}, 0
    for name in WAITS:
        counts[name], before = told[name] - before, told[name]
    return counts | {"longer": told["longer"] - before}


def _within(bound: timedelta) -> Count:
    return Count("conversion", distinct=True, filter=Q(conversion__occurred_at__lt=F("clicked_at") + bound))


def _earning(selection: Selection) -> QuerySet[Commission]:
    rows = Commission.objects.filter(
        conversion__program_id=selection.program.id,
        conversion__test=False,
        conversion__occurred_at__gte=selection.from_at,
        conversion__occurred_at__lt=selection.until_at,
    ).order_by()
    return rows.filter(agreement_id=selection.agreement_id) if selection.agreement_id else rows


def _of_last_click(what: str) -> "Subquery[Field[Any, Any]]":
    clicks = NamedClick.objects.filter(
        conversion_id=OuterRef("conversion_id"), link__agreement_id=OuterRef("agreement_id"), refusal=""
    ).order_by("-clicked_at", "-id")
    if what == "link":
        return Subquery(clicks.values("link_id")[:1])
    if what == "clicked_at":
        return Subquery(clicks.values("clicked_at")[:1])
    path = f"facts__subs__{what}" if what.startswith("sub") else f"facts__{_FACTS.get(what, what)}"
    return Subquery(clicks.annotate(fact=KT(path)).values("fact")[:1])


def _summed(rows: Iterable[tuple[str | None, str, str, int, int, int]], *, currency: str) -> dict[str, Yield]:
    yields: dict[str, Yield] = {}
    for key, own, rate, orders, sales_minor, earned_minor in rows:
        sales = in_own_minor(sales_minor, (own, currency), rate)
        yields[key or ""] = yields.get(key or "", Yield()) + Yield(orders, sales, earned_minor)
    return yields
