"""Read shops, what they deliver, comparisons and codes."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from rapport.apps.record.vault import open_cell
from rapport.apps.shops.models import (
    ChannelDay,
    Comparison,
    ComparisonState,
    DeliveryState,
    Difference,
    Shop,
    ShopCode,
    ShopCodeState,
    ShopDelivery,
    ShopOrder,
    ShopState,
)
from rapport.apps.tracking.models import Coupon
from rapport.apps.tracking.queries import coupons_of_program


def all_shops() -> QuerySet[Shop]:
    """Return the shops of every program."""
    return Shop.objects.select_related("program")


def shops_of(program_id: str) -> QuerySet[Shop]:
    """Return the shops of a program, the last connected first."""
    return all_shops().filter(program_id=program_id).order_by("-id")


def connected_shops() -> QuerySet[Shop]:
    """Return the shops that send their orders."""
    return all_shops().filter(state=ShopState.CONNECTED).order_by("id")


def signing_secret_of(shop: Shop) -> str:
    """Return what a shop signs its messages with; raises `Unreadable`."""
    return open_cell(shop, "signing_secret")


def keys_of(shop: Shop) -> dict[str, str]:
    """Return what opens a shop's API; raises `Unreadable`."""
    found: dict[str, str] = json.loads(open_cell(shop, "access_secret") or "{}")
    return found


def body_of(delivery: ShopDelivery) -> bytes:
    """Return the body of a delivery as it came; empty after its time."""
    return open_cell(delivery, "body").encode("latin-1")


def bodies_of(shop_id: str) -> Iterator[tuple[str, bytes]]:
    """Go through the messages of a shop whose text is still kept, each with its text."""
    for row in ShopDelivery.objects.filter(shop_id=shop_id).exclude(body="").order_by("id").iterator(200):
        yield row.id, body_of(row)


def deliveries_of(shop_id: str) -> QuerySet[ShopDelivery]:
    """Return what a shop delivered, newest first."""
    return ShopDelivery.objects.filter(shop_id=shop_id).select_related("shop__program").order_by("-id")


def deliveries_to_take(shop_id: str, *, at: datetime, most: int) -> list[str]:
    """Return the ids of deliveries that are due, in the order in which they came."""
    due = ShopDelivery.objects.filter(shop_id=shop_id, state=DeliveryState.RECEIVED, next_at__lte=at)
    return list(due.order_by("id").values_list("id", flat=True)[:most])


def shops_with_deliveries(*, at: datetime) -> list[str]:
    """Return the shops that have deliveries due."""
    due = ShopDelivery.objects.filter(state=DeliveryState.RECEIVED, next_at__lte=at)
    return list(due.order_by().values_list("shop_id", flat=True).distinct())


def counts_of_deliveries(shop_id: str) -> dict[str, int]:
    """Return how many deliveries of a shop are in each state."""
    rows = ShopDelivery.objects.filter(shop_id=shop_id).order_by().values_list("state")
    return dict(rows.annotate(Count("id")))


def orders_between(shop_id: str, *, from_at: datetime, until_at: datetime) -> list[ShopOrder]:
    """Return the orders of a shop that were told and made in a stretch of time."""
    told = ShopOrder.objects.filter(shop_id=shop_id, ordered_at__gte=from_at, ordered_at__lt=until_at)
    return list(told.exclude(conversion_id="").order_by("id"))


def orders_of(shop_id: str) -> QuerySet[ShopOrder]:
    """Return the orders of a shop that were told."""
    return ShopOrder.objects.filter(shop_id=shop_id).exclude(conversion_id="")


def orders_named(shop_id: str, numbers: Collection[str]) -> dict[str, ShopOrder]:
    """Return the told orders of a shop with these numbers."""
    return {row.number: row for row in ShopOrder.objects.filter(shop_id=shop_id, number__in=list(numbers))}


def all_comparisons() -> QuerySet[Comparison]:
    """Return the comparisons of every shop."""
    return Comparison.objects.select_related("shop__program")


def comparisons_of(shop_id: str) -> QuerySet[Comparison]:
    """Return the comparisons of a shop, newest first."""
    return Comparison.objects.filter(shop_id=shop_id).select_related("shop__program").order_by("-id")


def differences_of(comparison_id: str) -> QuerySet[Difference]:
    """Return what a comparison found."""
    return Difference.objects.filter(comparison_id=comparison_id).order_by("id")


def differing_shops(program_id: str) -> list[tuple[Comparison, int]]:
    """Return the last whole comparison of each connected shop whose list still differs, and in how many orders."""
    found = []
    for shop in shops_of(program_id).filter(state=ShopState.CONNECTED):
        last = comparisons_of(shop.id).filter(state=ComparisonState.DONE).first()
        number = differences_of(last.id).filter(repaired_at=None).count() if last else 0
        if last and number:
            found.append((last, number))
    return found


def codes_of(shop_id: str) -> QuerySet[ShopCode]:
    """Return the codes of a shop, newest first."""
    return ShopCode.objects.filter(shop_id=shop_id).select_related("coupon__agreement__partner").order_by("-id")


def codes_to_make(*, at: datetime, most: int) -> list[ShopCode]:
    """Return the codes that are due to be made, oldest first."""
    due = ShopCode.objects.filter(state=ShopCodeState.WAITING, next_at__lte=at, shop__state=ShopState.CONNECTED)
    return list(due.select_related("shop__program", "coupon").order_by("id")[:most])


def codes_to_begin(shop: Shop) -> list[Coupon]:
    """Return the codes of a shop's program that nobody ordered there yet."""
    ordered = ShopCode.objects.filter(shop=shop).values("coupon_id")
    return list(coupons_of_program(shop.program_id).exclude(pk__in=ordered))


def codes_there(shop_id: str, there_ids: Collection[str]) -> list[str]:
    """Return the codes that a shop knows by these ids of its own."""
    known = ShopCode.objects.filter(shop_id=shop_id, there_id__in=list(there_ids)).exclude(there_id="")
    return list(known.values_list("coupon__code", flat=True)) if there_ids else []


def channel_days_of(program_id: str) -> QuerySet[ChannelDay]:
    """Return the daily totals that a merchant told of its channels."""
    return ChannelDay.objects.filter(program_id=program_id).order_by("-on", "channel")


def deliveries_found(rows: QuerySet[ShopDelivery], text: str) -> QuerySet[ShopDelivery]:
    """Return those of these deliveries with an id that somebody looks for."""
    wanted = text.strip()
    return rows.filter(Q(pk=wanted) | Q(delivery_id=wanted) | Q(waits_for=wanted))
