"""Read what the books hold for the orders of the past, and take no lock for it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from rapport.apps.commissions.models import Commission


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
