"""What was booked day by day, for pages that set a day beside those before it."""

from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import TruncDate

from rapport.apps.ledger.models import Posting
from rapport.domain.books import AccountKind


def earned_by_day(book_subject: str, *, zone: str, from_at: datetime, until_at: datetime) -> dict[date, int]:
    """Return what partners earned less what was reversed, in minor units, by the day of the zone; until excluded."""
    days: dict[date, int] = defaultdict(int)
    for side, sign in (("source", 1), ("destination", -1)):
        sums = (
            Posting.objects.filter(
                **{f"{side}__kind": AccountKind.EXPENSE},
                entry__book__subject=book_subject,
                entry__booked_at__gte=from_at,
                entry__booked_at__lt=until_at,
            )
            .order_by()
            .annotate(day=TruncDate("entry__booked_at", tzinfo=ZoneInfo(zone)))
            .values_list("day")
            .annotate(minor=Sum("amount_minor"))
        )
        for day, minor in sums:
            days[day] += sign * minor
    return dict(days)
