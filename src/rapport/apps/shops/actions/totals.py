"""Keep the daily totals of channels that a merchant tells instead of single orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rapport.apps.programs.models import Program
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.shops.models import ChannelDay


@dataclass(frozen=True, slots=True)
class DayTotal:
    """One channel on one day."""

    on: date
    channel: str
    orders: int
    total_minor: int
    new_orders: int | None


def tell_channel_days(*, program_id: str, totals: Sequence[DayTotal], by: Actor, at: datetime) -> int:
    """Keep totals; a day of a channel that is told again is replaced. Return how many were told."""
    with transaction():
        program = Program.objects.get(pk=program_id)
        for one in totals:
            ChannelDay.objects.update_or_create(
                program=program,
                on=one.on,
                channel=one.channel,
                defaults={
                    "orders": one.orders,
                    "total_minor": one.total_minor,
                    "new_orders": one.new_orders,
                    "told_at": at,
                    "actor_kind": by.kind,
                    "actor_id": by.id,
                },
            )
        data = {"days": len({one.on for one in totals}), "rows": len(totals)}
        audit(by=by, at=at, action="channels.told", subject=program.id, workspace_id=program.workspace_id, data=data)
    return len(totals)
