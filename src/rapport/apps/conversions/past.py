"""Read the orders of a period page by page, with the baskets that they told of."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db.models import QuerySet

from rapport.apps.conversions.models import Conversion, ConversionLine
from rapport.apps.conversions.recording import StoryKey

_IDS_AT_ONCE: Final = 1_000


class Place(NamedTuple):
    """Where an order stands in time; of two in one instant the smaller id comes first."""

    at: datetime
    conversion_id: str
    customer_id: str | None


class BasketLine(NamedTuple):
    """One line of a basket; the price is for one piece, discount and cost are for the line."""

    product: str
    quantity: Decimal
    price_minor: int
    discount_minor: int
    cost_minor: int | None


def orders_between(program_id: str, *, from_at: datetime, until_at: datetime) -> QuerySet[Conversion]:
    """Return the orders of a program that occurred from a moment until before another."""
    return Conversion.objects.filter(program_id=program_id, occurred_at__gte=from_at, occurred_at__lt=until_at)


def stories_between(
    program_id: str, *, from_at: datetime, until_at: datetime, size: int
) -> Iterator[tuple[list[StoryKey], int]]:
    """Yield the stories of a period, each once, with the number of orders that were looked through for them.

    A story comes with the page of its first order in the period, so that no page needs to remember another.
    """
    rows = orders_between(program_id, from_at=from_at, until_at=until_at)
    page = _page(rows, size=size)
    while page:
        yield _begun_in(rows, page), len(page)
        last = page[-1]
        after = rows.filter(occurred_at__gte=last.at).exclude(occurred_at=last.at, id__lte=last.conversion_id)
        page = _page(after, size=size)


def _page(rows: QuerySet[Conversion], *, size: int) -> list[Place]:
    places = rows.order_by("occurred_at", "id").values_list("occurred_at", "id", "customer_id")
    return [Place(*one) for one in places[:size]]


def _begun_in(rows: QuerySet[Conversion], page: list[Place]) -> list[StoryKey]:
    customers = {one.customer_id for one in page if one.customer_id}
    first = page[0]
    before = rows.filter(customer_id__in=customers, occurred_at__lte=first.at)
    before = before.exclude(occurred_at=first.at, id__gte=first.conversion_id)
    known = set(before.values_list("customer_id", flat=True)) if customers else set()
    begun = [StoryKey(customer_id=one) for one in sorted(customers - known)]
    return [*begun, *(StoryKey(conversion_id=one.conversion_id) for one in page if not one.customer_id)]


def baskets_of(conversion_ids: Collection[str]) -> dict[str, list[BasketLine]]:
    """Return the lines of these orders, as they came."""
    rows = ConversionLine.objects.filter(conversion_id__in=conversion_ids).order_by("conversion_id", "position")
    told = rows.values_list("conversion_id", "product", "quantity", "price_minor", "discount_minor", "cost_minor")
    baskets: dict[str, list[BasketLine]] = defaultdict(list)
    for conversion_id, product, quantity, price, discount, cost in told:
        baskets[conversion_id].append(BasketLine(product, quantity, price, discount, cost))
    return baskets


def stories_of_orders(conversion_ids: Collection[str]) -> set[StoryKey]:
    """Return the stories that these orders belong to."""
    ids = sorted(conversion_ids)
    found: set[StoryKey] = set()
    for start in range(0, len(ids), _IDS_AT_ONCE):
        rows = Conversion.objects.filter(pk__in=ids[start : start + _IDS_AT_ONCE]).only("id", "customer_id")
        found |= {StoryKey.of(row) for row in rows}
    return found
