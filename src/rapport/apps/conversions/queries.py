"""Read conversions: as stories for the rules, as lists for pages."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q, QuerySet

from rapport.apps.conversions.models import (
    Conversion,
    Correction,
    HumanDecision,
    NamedClick,
    NamedCoupon,
    Receipt,
    Report,
)
from rapport.apps.conversions.recording import StoryKey
from rapport.apps.conversions.wording import (
    coupon_use,
    domain_correction,
    human_decision,
    touch_of,
    wording_of,
)
from rapport.apps.programs.models import Program
from rapport.domain.story import ReportedConversion, Story
from rapport.kit.clock import to_ms

Fact = TypeVar("Fact", Report, NamedClick, NamedCoupon, Correction, HumanDecision)

WAITING_ALARM = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LoadedStory:
    """A story as the rules want it, with the rows that it was made from."""

    story: Story
    conversions: tuple[Conversion, ...]


def load_stories(program: Program, *, keys: Sequence[StoryKey]) -> list[LoadedStory]:
    """Load stories whole, with six queries however many; the caller holds their locks."""
    customers = [key.customer_id for key in keys if key.customer_id]
    alone = [key.conversion_id for key in keys if key.conversion_id]
    rows = list(
        Conversion.objects.filter(
            Q(customer_id__in=customers) | Q(pk__in=alone, customer__isnull=True), program_id=program.id
        ).order_by("id")
    )
    facts = _Facts(rows)
    told = defaultdict(list)
    for row in rows:
        told[StoryKey.of(row)].append(row)
    return [_loaded(program, told[key], facts) for key in keys if key in told]


class _Facts:
    """What is known of the conversions of some stories, by conversion."""

    def __init__(self, conversions: Iterable[Conversion]) -> None:
        ids = [row.id for row in conversions]
        self.reports = _grouped(Report.objects.filter(conversion_id__in=ids))
        self.clicks = _grouped(NamedClick.objects.filter(conversion_id__in=ids).select_related("link"))
        self.coupons = _grouped(NamedCoupon.objects.filter(conversion_id__in=ids).select_related("coupon"))
        self.corrections = _grouped(Correction.objects.filter(conversion_id__in=ids))
        self.decisions = _grouped(HumanDecision.objects.filter(conversion_id__in=ids))


def _grouped(rows: QuerySet[Fact]) -> dict[str, list[Fact]]:
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        grouped[str(row.conversion_id)].append(row)
    return grouped


def _loaded(program: Program, rows: Sequence[Conversion], facts: _Facts) -> LoadedStory:
    touches = {click.click_id: touch_of(click) for row in rows for click in facts.clicks[row.id]}
    story = Story(
        program_id=program.id,
        zone=program.zone,
        currency=program.currency,
        touches=tuple(touches.values()),
        conversions=tuple(_reported(row, facts) for row in rows),
    )
    return LoadedStory(story, tuple(rows))


def _reported(row: Conversion, facts: _Facts) -> ReportedConversion:
    return ReportedConversion(
        id=row.id,
        kind=row.kind,
        external_id=row.external_id,
        occurred_at_ms=to_ms(row.occurred_at),
        reports=tuple(wording_of(report) for report in facts.reports[row.id]),
        corrections=tuple(domain_correction(correction) for correction in facts.corrections[row.id]),
        click_ids=tuple(click.click_id for click in facts.clicks[row.id]),
        coupons=tuple(coupon_use(named, at=row.occurred_at) for named in facts.coupons[row.id]),
        test=row.test,
        decisions=tuple(human_decision(decision) for decision in facts.decisions[row.id]),
    )


def clicks_to_join(*, limit: int, before: datetime) -> list[NamedClick]:
    """Return click ids named before a moment whose facts were never joined, oldest first."""
    waiting = NamedClick.objects.filter(facts_joined_at__isnull=True, conversion__received_at__lte=before)
    return list(waiting.select_related("conversion").order_by("id")[:limit])


def conversions_in_conflict(program_id: str) -> QuerySet[Conversion]:
    """Return the conversions that two different reports tell."""
    return Conversion.objects.filter(program_id=program_id, in_conflict=True).order_by("id")


def waiting_corrections(program_id: str) -> QuerySet[Correction]:
    """Return the corrections whose sale is not known yet, oldest first."""
    return Correction.objects.filter(program_id=program_id, conversion__isnull=True).order_by("received_at", "id")


def refused_receipts(program_id: str) -> QuerySet[Receipt]:
    """Return the acknowledged postbacks that could not be used, newest first."""
    return Receipt.objects.filter(program_id=program_id, state="refused").order_by("-id")
