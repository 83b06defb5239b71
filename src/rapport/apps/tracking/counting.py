"""Keep what was counted of the clicks of capped links, and close or open the links by it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.models import LinkCap
from rapport.apps.tracking.queries import capped, clicks_today
from rapport.domain.caps import Counts, full_until_ms
from rapport.domain.days import day_of, start_of_day_ms
from rapport.kit.clock import from_ms, to_ms
from rapport.lake.questions import Stretch, StretchRow

_COUNTED = ("counted_from", "settled", "clicks_in_total", "clicks_of_day", "day", "full_until")


def stretch_of(cap: LinkCap, *, at: datetime) -> Stretch:
    """Return what to count of a link that is loaded with its program.

    The day before stays open: what an edge wrote before midnight may be carried into the lake after it.
    """
    zone = cap.link.agreement.program.zone
    today = day_of(to_ms(at), zone)
    from_ms = to_ms(cap.counted_from)
    settle_ms = max(from_ms, start_of_day_ms(today - timedelta(days=1), zone))
    return Stretch(cap.link_id, from_ms, settle_ms, start_of_day_ms(today, zone))


def note_counts(counted: Mapping[str, tuple[Stretch, StretchRow]], *, upto: int, by: Actor, at: datetime) -> None:
    """Keep what was counted of these links up to a segment of the journal; a link that is full now leads on no more."""
    with transaction():
        rows = capped().filter(pk__in=list(counted)).select_for_update(of=("self",))
        changed = [cap for cap in rows if _note(cap, *counted[cap.link_id], by=by, at=at)]
        LinkCap.objects.bulk_update(changed, fields=_COUNTED, batch_size=100)
        LinkCap.objects.filter(pk__in=list(counted)).update(counted_upto=upto)


def full_until(cap: LinkCap, *, at: datetime) -> datetime | None:
    """Return until when a link is full by what was counted; it is loaded with its program."""
    zone = cap.link.agreement.program.zone
    today = day_of(to_ms(at), zone)
    counts = Counts(of_day=clicks_today(cap, at=at), in_total=cap.clicks_in_total)
    until_ms = full_until_ms(cap.in_force, counts, day_ends_ms=start_of_day_ms(today + timedelta(days=1), zone))
    return None if until_ms is None else from_ms(until_ms)


def _note(cap: LinkCap, asked: Stretch, found: StretchRow, *, by: Actor, at: datetime) -> bool:
    """Take a count over into its row, and say whether that changes it."""
    if to_ms(cap.counted_from) != asked.from_ms:
        return False  # somebody else counted meanwhile, and settled
    before = [getattr(cap, name) for name in _COUNTED]
    was_full = cap.is_full(at)
    cap.clicks_in_total, cap.clicks_of_day = cap.settled + found.clicks, found.of_day
    cap.settled += found.settled
    cap.counted_from = from_ms(asked.settle_ms)
    cap.day = day_of(asked.day_ms, cap.link.agreement.program.zone)
    cap.full_until = full_until(cap, at=at)
    if cap.is_full(at) != was_full:
        _tell(cap, by=by, at=at)
    return before != [getattr(cap, name) for name in _COUNTED]


def _tell(cap: LinkCap, *, by: Actor, at: datetime) -> None:
    what = "link.full" if cap.is_full(at) else "link.open_again"
    data = {
        "clicks_of_day": cap.clicks_of_day,
        "clicks_in_total": cap.clicks_in_total,
        "until": cap.full_until and str(cap.full_until),
    }
    where = cap.link.agreement.program.workspace_id
    audit(by=by, at=at, action=what, subject=cap.link_id, workspace_id=where, data=data)
    announce(at=at, kind=what, subject=cap.link_id, workspace_id=where, data=data)
