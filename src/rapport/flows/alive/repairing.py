"""Repair an outage: read the shop's list of its time again and credit what was missed, the outage being the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rapport.apps.outages.actions import note_outage_repaired
from rapport.apps.outages.models import Outage, OutageKind
from rapport.apps.outages.queries import all_outages
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.shops.models import Fate, Shop, ShopState
from rapport.apps.shops.queries import differences_of, shops_of
from rapport.flows.shops.comparing import compare, repair_all

MARGIN = timedelta(minutes=10)
"""Messages may have been on their way when it began, and are late when it is over."""

REPAIRABLE = (OutageKind.ORDERS, OutageKind.CLICK_IDS)


class NotRepairable(Refusal):
    """Nothing can be read again."""

    def __init__(self) -> None:
        super().__init__(
            _("No shop of this program can be asked. Let it send the orders of that time again: none counts twice.")
        )


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of a repair: the orders that were told again, and sentences on what could not be."""

    numbers: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def repair_outage(outage: Outage, *, by: Actor, at: datetime) -> Repaired:
    """Read what the program's shops sold in the time of an outage and tell what differs; safe to repeat.

    Each order goes the road of every report, so it is credited by its code, customer or click id as if it had come in
    time. Raises `NotRepairable` where no shop can be asked.
    """
    shops = _askable(outage)
    if not shops:
        raise NotRepairable
    from_at, until_at = outage.began_at - MARGIN, min(at, (outage.ended_at or at) + MARGIN)
    parts = [_repaired(shop, from_at, until_at, by=_because(outage), at=at) for shop in shops]
    done = Repaired(
        tuple(number for part in parts for number in part.numbers),
        tuple(problem for part in parts for problem in part.problems),
    )
    note_outage_repaired(outage_id=outage.id, numbers=done.numbers, problems=done.problems, by=by, at=at)
    return done


def repairable(outages: Iterable[Outage]) -> list[Outage]:
    """Return those of these outages in whose time a shop's orders may be missing."""
    return [one for one in outages if one.kind in REPAIRABLE and one.program_id and _askable(one)]


def outages_to_repair() -> list[Outage]:
    """Return the outages that are over and were never repaired, though they can be."""
    return repairable(all_outages().filter(ended_at__isnull=False, repaired_at__isnull=True).order_by("id"))


def _because(outage: Outage) -> Actor:
    """Return the actor of the repaired orders: the audit of each names the outage as its reason."""
    return Actor.system(outage.id)


def _askable(outage: Outage) -> list[Shop]:
    if not outage.program_id:
        return []
    shops = list(shops_of(outage.program_id).filter(state=ShopState.CONNECTED))
    chosen = [shop for shop in shops if shop.id == outage.subject] or shops
    return [shop for shop in chosen if not shop.settings.get("by_hand")]


def _repaired(shop: Shop, from_at: datetime, until_at: datetime, *, by: Actor, at: datetime) -> Repaired:
    comparison = compare(shop, from_at=from_at, until_at=until_at, by=by, at=at)
    if comparison.problem:
        return Repaired(problems=(f"{shop.name}: {comparison.problem}",))
    missed = differences_of(comparison.id).exclude(fate=Fate.MISSING_THERE).select_related("comparison__shop__program")
    rows = list(missed)
    _count, refused = repair_all(comparison, rows, by=by, at=at)
    told = tuple(row.number for row in rows if row.repaired_at is not None)
    return Repaired(told, tuple(f"{shop.name}: {sentence}" for sentence in refused))
