"""Keep what a comparison of the shop's list with ours found, and what was repaired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import insert_rows, transaction
from rapport.apps.shops.models import Comparison, ComparisonState, Difference, Fate, Shop
from rapport.kit.ids import new_id

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Found:
    """One order on which the lists disagree."""

    fate: Fate
    number: str
    there_minor: int | None
    here_minor: int | None
    currency: str
    conversion_id: str
    told: Mapping[str, Any]


def begin_comparison(*, shop: Shop, from_at: datetime, until_at: datetime, by: Actor, at: datetime) -> Comparison:
    """Note that a comparison begins."""
    with transaction():
        return Comparison.objects.create(
            id=new_id("cmp", at=at),
            shop=shop,
            from_at=from_at,
            until_at=until_at,
            started_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )


def finish_comparison(
    comparison: Comparison, *, found: Sequence[Found], figures: Mapping[str, int], at: datetime
) -> None:
    """Keep what was found; a comparison that runs a second time finds it anew."""
    with transaction():
        Difference.objects.filter(comparison=comparison).delete()
        insert_rows(
            [
                Difference(
                    comparison=comparison,
                    fate=one.fate,
                    number=one.number,
                    there_minor=one.there_minor,
                    here_minor=one.here_minor,
                    currency=one.currency,
                    conversion_id=one.conversion_id,
                    told=dict(one.told),
                )
                for one in found
            ]
        )
        _end(comparison, ComparisonState.DONE, at=at, figures=dict(figures))


def fail_comparison(comparison: Comparison, *, problem: str, at: datetime) -> None:
    """Keep why the shop's list could not be read."""
    with transaction():
        _end(comparison, ComparisonState.FAILED, at=at, problem=problem[:500])


def note_repaired(difference: Difference, *, outcome: str, by: Actor, at: datetime) -> None:
    """Keep that a difference was repaired, inside the transaction that did it."""
    difference.repaired_at, difference.outcome = at, outcome[:500]
    difference.save(update_fields=("repaired_at", "outcome"))
    shop = difference.comparison.shop
    data = {"order": difference.number, "fate": difference.fate}
    audit(by=by, at=at, action="shop.repair", subject=shop.id, workspace_id=shop.program.workspace_id, data=data)


def forget_differences(*, at: datetime) -> None:
    """Forget comparisons after their time."""
    with transaction():
        old = Comparison.objects.filter(started_at__lt=at - KEPT)
        Difference.objects.filter(comparison__in=old).delete()
        old.delete()


def _end(comparison: Comparison, state: ComparisonState, *, at: datetime, **more: Any) -> None:  # noqa: ANN401 - columns
    comparison.state, comparison.finished_at = state, at
    for name, value in more.items():
        setattr(comparison, name, value)
    comparison.save(update_fields=("state", "finished_at", *more))
