"""Read what arrived when: the figures by which a silence is noticed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from rapport.apps.conversions.models import Conversion, Door, NamedClick, Report


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many orders came in some time, and how many of them named a click."""

    orders: int
    with_click: int


def arrived(program_id: str) -> QuerySet[Conversion]:
    """Return the orders of a program that count as arrived: tests do not."""
    return Conversion.objects.filter(program_id=program_id, test=False)


def arrived_by(program_id: str, door: Door) -> QuerySet[Conversion]:
    """Return the orders that were told by a door."""
    return arrived(program_id).filter(Exists(Report.objects.filter(conversion=OuterRef("pk"), door=door)))


def arrivals(rows: QuerySet[Conversion], *, from_at: datetime, until_at: datetime) -> Arrivals:
    """Count those of these orders that were received from `from_at` on and before `until_at`."""
    window = rows.filter(received_at__gte=from_at, received_at__lt=until_at)
    named = NamedClick.objects.filter(conversion=OuterRef("pk"))
    return Arrivals(window.count(), window.filter(Exists(named)).count())


def first_arrival(rows: QuerySet[Conversion], *, after: datetime | None = None) -> datetime | None:
    """Return when the first of these orders came, ever or after a moment."""
    later = rows.filter(received_at__gt=after) if after else rows
    return later.order_by("received_at").values_list("received_at", flat=True).first()


def last_arrival(rows: QuerySet[Conversion], *, before: datetime) -> datetime | None:
    """Return when the last of these orders came before a moment."""
    earlier = rows.filter(received_at__lt=before)
    return earlier.order_by("-received_at").values_list("received_at", flat=True).first()
