"""Read what was judged and what the books hold for the orders of the past, and take no lock for it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from rapport.apps.commissions.models import Attribution, Commission, CommissionLine


class Held(NamedTuple):
    """What the books hold for one agreement of one order, by which version, and from when on it is payable."""

    agreement_id: str
    version_id: str
    minor: int
    hold_until: datetime


_COLUMNS = ("agreement_id", "version_id", "accrued_minor", "payable_minor", "reserved_minor", "paid_minor")


def held_for(conversion_ids: Collection[str]) -> dict[str, list[Held]]:
    """Return what the books hold for these orders, wherever it sits, by order."""
    rows = Commission.objects.filter(conversion_id__in=conversion_ids).order_by("id")
    found: dict[str, list[Held]] = defaultdict(list)
    for source, agreement_id, version_id, *minors, hold_until in rows.values_list("source", *_COLUMNS, "hold_until"):
        found[source].append(Held(agreement_id, version_id, sum(minors), hold_until))
    return found


def newest_judgement() -> str:
    """Return the id of the judgement that was made last, of all programs; empty when nothing was judged."""
    return Attribution.objects.order_by("-id").values_list("id", flat=True).first() or ""


def last_line() -> int:
    """Return the number of the line that was booked last, of all programs."""
    return CommissionLine.objects.order_by("-id").values_list("id", flat=True).first() or 0


def moved_since(program_id: str, *, judgement: str, line: int, late: tuple[int, datetime]) -> set[str]:
    """Return the orders of a program that were judged after this judgement, or booked after this line.

    `late` are so many lines before it that were booked since a moment: they may have been committed only now.
    """
    judged = Attribution.objects.filter(pk__gt=judgement, conversion__program_id=program_id)
    lines, since = late
    after = Q(pk__gt=line) | Q(pk__gt=line - lines, at__gte=since)
    booked = CommissionLine.objects.filter(after, commission__agreement__program_id=program_id)
    booked = booked.filter(commission__conversion__isnull=False)
    return {
        *judged.values_list("conversion_id", flat=True),
        *booked.values_list("commission__conversion_id", flat=True),
    }


def held_over_periods(
    program_id: str, *, from_at: datetime, until_at: datetime
) -> dict[tuple[str, str], tuple[date, Held]]:
    """Return what the books hold for tiers and bonuses earned in a time, by agreement and source, with the UTC day."""
    rows = Commission.objects.filter(agreement__program_id=program_id, conversion__isnull=True)
    rows = rows.filter(Q(source__startswith="tier:") | Q(source__startswith="bonus:"))
    rows = rows.filter(earned_at__gte=from_at, earned_at__lt=until_at).order_by("id")
    found: dict[tuple[str, str], tuple[date, Held]] = {}
    for source, agreement_id, version_id, *minors, hold_until, earned_at in rows.values_list(
        "source", *_COLUMNS, "hold_until", "earned_at"
    ):
        found[agreement_id, source] = (earned_at.date(), Held(agreement_id, version_id, sum(minors), hold_until))
    return found
