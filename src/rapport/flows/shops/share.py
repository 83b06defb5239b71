"""What partners bring of all that a shop sells: by day or month, new customers and returning ones, by channel."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.queries import conversions_of, in_own_minor
from rapport.apps.programs.models import Program
from rapport.apps.shops.models import ChannelDay
from rapport.apps.shops.queries import channel_days_of

PARTNERS = "partners"


@dataclass(slots=True)
class Part:
    """Orders and what is left of them."""

    orders: int = 0
    total_minor: int = 0

    def add(self, orders: int, total_minor: int) -> None:
        """Count some more."""
        self.orders += orders
        self.total_minor += total_minor


@dataclass(slots=True)
class Period:
    """One day or month: what partners brought, and all there was; `told` when the merchant told totals."""

    begins_on: date
    partners: Part = field(default_factory=Part)
    everything: Part = field(default_factory=Part)
    partners_new: Part = field(default_factory=Part)
    everything_new: Part = field(default_factory=Part)
    told: bool = False

    @property
    def share(self) -> Decimal | None:
        """Return the part that partners brought; None where nothing was sold."""
        if not self.everything.total_minor:
            return None
        return Decimal(self.partners.total_minor) / self.everything.total_minor

    @property
    def new_share(self) -> Decimal | None:
        """Return the part of new customers among the orders of partners."""
        return Decimal(self.partners_new.orders) / self.partners.orders if self.partners.orders else None


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel over the whole stretch."""

    name: str
    part: Part
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Shares:
    """The stretch by periods, newest first, by channels, and altogether."""

    periods: Sequence[Period]
    channels: Sequence[Channel]
    whole: Period


@dataclass(frozen=True, slots=True)
class _Day:
    """What is known of one day from one source: by channel, partners apart, new customers apart."""

    on: date
    channel: str
    is_new: bool
    part: Part


def shares_of(program: Program, *, from_on: date, until_on: date, by_month: bool) -> Shares:
    """Return what partners brought between two days, both included, as days of the program's zone."""
    days = _orders(program, from_on, until_on)
    told = list(channel_days_of(program.id).filter(on__gte=from_on, on__lte=until_on))
    told_on = {row.on for row in told}
    # Where the merchant told a day's totals, they stand for all orders that partners did not bring.
    kept = [day for day in days if day.on not in told_on or day.channel == PARTNERS]
    periods: dict[date, Period] = {}
    channels: dict[str, Part] = defaultdict(Part)
    whole = Period(from_on)
    for day in kept:
        for period in (periods.setdefault(_begin(day.on, by_month), Period(_begin(day.on, by_month))), whole):
            _count(period, day)
        channels[day.channel].add(day.part.orders, day.part.total_minor)
    for row in told:
        for period in (periods.setdefault(_begin(row.on, by_month), Period(_begin(row.on, by_month))), whole):
            _count_told(period, row)
        channels[row.channel].add(row.orders, row.total_minor)
    return Shares(
        sorted(periods.values(), key=lambda one: one.begins_on, reverse=True), _channels(channels, whole), whole
    )


def _count(period: Period, day: _Day) -> None:
    parts = [(period.everything, period.everything_new)]
    if day.channel == PARTNERS:
        parts.append((period.partners, period.partners_new))
    for whole, new in parts:
        whole.add(day.part.orders, day.part.total_minor)
        if day.is_new:
            new.add(day.part.orders, day.part.total_minor)


def _count_told(period: Period, row: ChannelDay) -> None:
    period.told = True
    period.everything.add(row.orders, row.total_minor)
    if row.new_orders is not None:
        period.everything_new.add(row.new_orders, 0)


def _channels(channels: dict[str, Part], whole: Period) -> list[Channel]:
    ordered = sorted(channels.items(), key=lambda item: (-item[1].total_minor, item[0]))
    total = whole.everything.total_minor
    return [Channel(name, part, Decimal(part.total_minor) / total if total else None) for name, part in ordered]


def _begin(on: date, by_month: bool) -> date:  # noqa: FBT001 - one of two lengths
    return on.replace(day=1) if by_month else on


def _orders(program: Program, from_on: date, until_on: date) -> list[_Day]:
    zone = ZoneInfo(program.zone)
    rows = _counted(program).filter(
        occurred_at__gte=datetime.combine(from_on, time(), zone),
        occurred_at__lt=datetime.combine(until_on + timedelta(days=1), time(), zone),
    )
    grouped = (
        rows.annotate(day=TruncDate("occurred_at", tzinfo=zone))
        .order_by()
        .values_list("day", "by", "newness", "currency", "rate")
        .annotate(Count("id"), Sum("remaining_minor"))
    )
    return list(_days(grouped, program.currency))


def _days(grouped: Iterable[tuple[date, str, str, str, str, int, int]], own: str) -> Iterable[_Day]:
    for on, channel, newness, currency, rate, orders, total in grouped:
        part = Part(orders, in_own_minor(total or 0, (currency, own), rate))
        yield _Day(on, channel or "", newness == "new", part)


def _counted(program: Program) -> QuerySet[Conversion]:
    """Return the orders with who brought them and whether their customer is new, as told or as far as is known here."""
    credited = Exists(Commission.objects.filter(conversion=OuterRef("pk")))
    earlier = Conversion.objects.filter(
        customer=OuterRef("customer"), occurred_at__lt=OuterRef("occurred_at"), test=False
    )
    return (
        conversions_of(program.id)
        .select_related(None)
        .filter(test=False)
        .annotate(
            by=Case(When(credited, then=Value(PARTNERS)), default=F("channel"), output_field=CharField()),
            newness=Case(
                When(customer_status="new", then=Value("new")),
                When(customer_status="returning", then=Value("returning")),
                When(customer__isnull=True, then=Value("")),
                When(Exists(earlier), then=Value("returning")),
                default=Value("new"),
                output_field=CharField(),
            ),
        )
    )
