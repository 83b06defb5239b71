"""What is known of some conversions: loaded from the tables, or remembered from the write that just made it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from rapport.apps.conversions.models import (
    Conversion,
    Correction,
    HumanDecision,
    NamedClick,
    NamedCoupon,
    Report,
)
from rapport.apps.conversions.recording import StoryKey

Fact = TypeVar("Fact", Report, NamedClick, NamedCoupon, Correction, HumanDecision)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of conversions, by conversion."""

    reports: dict[str, list[Report]] = field(default_factory=dict)
    clicks: dict[str, list[NamedClick]] = field(default_factory=dict)
    coupons: dict[str, list[NamedCoupon]] = field(default_factory=dict)
    corrections: dict[str, list[Correction]] = field(default_factory=dict)
    decisions: dict[str, list[HumanDecision]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The stories that began in this very write, with all their facts: nothing of them needs to be read back."""

    conversions: dict[StoryKey, list[Conversion]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def load_facts(conversion_ids: Collection[str]) -> Facts:
    """Load the facts of conversions with five queries, however many; none for none."""
    if not conversion_ids:
        return Facts()
    return Facts(
        reports=by_conversion(Report.objects.filter(conversion_id__in=conversion_ids)),
        clicks=by_conversion(NamedClick.objects.filter(conversion_id__in=conversion_ids).select_related("link")),
        coupons=by_conversion(NamedCoupon.objects.filter(conversion_id__in=conversion_ids).select_related("coupon")),
        corrections=by_conversion(Correction.objects.filter(conversion_id__in=conversion_ids)),
        decisions=by_conversion(HumanDecision.objects.filter(conversion_id__in=conversion_ids)),
    )


def by_conversion(rows: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Group facts by the conversion that they belong to."""
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        grouped[str(row.conversion_id)].append(row)
    return grouped
