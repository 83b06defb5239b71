"""Tell partners in one line when orders of theirs may have been missing, and what was taken in later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.outages.models import Outage, OutageKind
from rapport.apps.outages.queries import outages_of
from rapport.apps.programs.models import Program

TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ToldOutage:
    """What a partner is told of an outage: one line, and whether it is over."""

    sentence: str
    began_at: datetime
    ended_at: datetime | None


def outages_for_partners(program: Program, *, at: datetime) -> list[ToldOutage]:
    """Return the times of the last weeks in which a partner's orders may have been missing, newest first."""
    kinds = (OutageKind.ORDERS, OutageKind.CLICK_IDS)
    rows = outages_of(program.id).filter(kind__in=kinds, noticed_at__gt=at - TOLD_FOR)
    return [ToldOutage(_for_partner(row), row.began_at, row.ended_at) for row in _one_by_one(rows)]


def _one_by_one(rows: Iterable[Outage]) -> Iterable[Outage]:
    """Leave out what lies whole inside a longer one: partners hear of a time once."""
    kept: list[Outage] = []
    for row in rows:
        if not any(one.began_at <= row.began_at and _covers(one, row) for one in kept):
            kept.append(row)
    return kept


def _covers(longer: Outage, row: Outage) -> bool:
    return longer.ended_at is None or (row.ended_at is not None and row.ended_at <= longer.ended_at)


def _for_partner(outage: Outage) -> str:
    if outage.is_open:
        return _("Fewer orders arrive from the shop than usual. The program looks into it; nothing of yours is lost.")
    if outage.repaired_at is None:
        return _("Orders of the shop did not arrive for a time. What was missed is taken in later.")
    orders = int(str(outage.repair.get("orders", 0)))
    return ngettext(
        "Orders of the shop did not arrive for a time; %(n)s was taken in later and counts from its own moment.",
        "Orders of the shop did not arrive for a time; %(n)s were taken in later and count from their own moments.",
        orders,
    ) % {"n": orders}
