"""What is known of some conversions: loaded from the tables, or remembered from the write that just made it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import QuerySet

from rapport.apps.conversions.models import (
    Conversion,
    ConversionLine,
    Correction,
    HumanDecision,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.apps.conversions.recording import StoryKey
from rapport.apps.record.asking import composed
from rapport.apps.tracking.queries import coupons_by_id, links_by_id

Fact = TypeVar("Fact", Report, ConversionLine, NamedClick, NamedCoupon, Correction, HumanDecision)
Named = TypeVar("Named", NamedClick, NamedCoupon)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of conversions, by conversion."""

    reports: dict[str, list[Report]] = field(default_factory=dict)
    clicks: dict[str, list[NamedClick]] = field(default_factory=dict)
    coupons: dict[str, list[NamedCoupon]] = field(default_factory=dict)
    corrections: dict[str, list[Correction]] = field(default_factory=dict)
    decisions: dict[str, list[HumanDecision]] = field(default_factory=dict)
    lines: dict[str, list[ConversionLine]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The stories that began in this very write, with all their facts: nothing of them needs to be read back."""

    conversions: dict[StoryKey, list[Conversion]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def load_facts(conversion_ids: Collection[str]) -> Facts:
    """Load the facts of conversions with eight queries at most, however many; none for none."""
    if not conversion_ids:
        return Facts()
    ids = sorted(conversion_ids)
    return Facts(
        reports=by_conversion(_reports(ids=ids)),
        clicks=by_conversion(_with_links(_clicks(ids=ids))),
        coupons=by_conversion(_with_owners(_coupons(ids=ids))),
        corrections=by_conversion(_corrections(ids=ids)),
        decisions=by_conversion(_decisions(ids=ids)),
        lines=by_conversion(_lines(ids=ids)),
    )


@composed
def _reports(ids: Sequence[str]) -> QuerySet[Report]:
    return Report.objects.filter(conversion_id__in=ids)


@composed
def _clicks(ids: Sequence[str]) -> QuerySet[NamedClick]:
    return NamedClick.objects.filter(conversion_id__in=ids)


@composed
def _coupons(ids: Sequence[str]) -> QuerySet[NamedCoupon]:
    return NamedCoupon.objects.filter(conversion_id__in=ids)


@composed
def _corrections(ids: Sequence[str]) -> QuerySet[Correction]:
    return Correction.objects.filter(conversion_id__in=ids)


@composed
def _decisions(ids: Sequence[str]) -> QuerySet[HumanDecision]:
    return HumanDecision.objects.filter(conversion_id__in=ids)


@composed
def _lines(ids: Sequence[str]) -> QuerySet[ConversionLine]:
    return ConversionLine.objects.filter(conversion_id__in=ids)


def _with_links(clicks: list[NamedClick]) -> list[NamedClick]:
    links = {link.id: link for link in links_by_id({click.link_id for click in clicks if click.link_id})}
    for click in clicks:
        click.link = links[click.link_id] if click.link_id else None
    return clicks


def _with_owners(named: list[NamedCoupon]) -> list[NamedCoupon]:
    coupons = {coupon.id: coupon for coupon in coupons_by_id({one.coupon_id for one in named if one.coupon_id})}
    for one in named:
        one.coupon = coupons[one.coupon_id] if one.coupon_id else None
    return named


def by_conversion(rows: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Group facts by the conversion that they belong to."""
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        grouped[str(row.conversion_id)].append(row)
    return grouped


def clicks_heard(facts: Facts, order: Conversion) -> Sequence[NamedClick]:
    """Return the clicks of an order that count: hearsay only where no server names a click or a code.

    Order numbers can be guessed, totals hardly. Whoever tells of somebody else's order cannot push aside what the
    merchant's own server named for it, and is not heard without the exact total that the server tells.
    """
    return _heard(facts.clicks.get(order.id, ()), facts, order)


def coupons_heard(facts: Facts, order: Conversion) -> Sequence[NamedCoupon]:
    """Return the codes of an order that count, by the same rule."""
    return _heard(facts.coupons.get(order.id, ()), facts, order)


def _heard(named: Sequence[Named], facts: Facts, order: Conversion) -> Sequence[Named]:
    if _is_named(facts, order.id):
        return [one for one in named if one.confirmed]
    reports = [one for one in facts.reports.get(order.id, ()) if one.confirmed]
    totals = {told_total(one.total_minor, one.currency or order.currency) for one in reports}
    return [one for one in named if not totals.isdisjoint(one.told)] if totals else named


def told_total(total_minor: int, currency: str) -> str:
    """Return a total as it is kept beside a click or code that only a page named: minor units and currency."""
    return f"{total_minor} {currency}"


def _is_named(facts: Facts, conversion_id: str) -> bool:
    """Say whether a server names a click or a code."""
    named = (*facts.clicks.get(conversion_id, ()), *facts.coupons.get(conversion_id, ()))
    return any(one.confirmed for one in named)
