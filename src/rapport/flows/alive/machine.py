"""Look at the machinery of tracking: does the edge answer and write, do clicks and postbacks get where they belong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.outages.actions import Concern, note_look
from rapport.apps.outages.models import OutageKind
from rapport.apps.outages.queries import watch
from rapport.flows.alive.alarming import settle
from rapport.flows.alive.doors import EdgeHealth, edge_health
from rapport.flows.postbacks import unread_postbacks
from rapport.kit.clock import from_ms
from rapport.lake.networks import unreadable_lines
from rapport.lake.position import unread_segments

LOOK = "machine"
"""The name of the look; when it is old, nobody looks: no worker runs."""

NOBODY_LOOKS = timedelta(minutes=2)
LAKE_LATE = timedelta(minutes=5)
POSTBACKS_LATE = timedelta(minutes=2)
SILENT_FOR = timedelta(seconds=25)
"""A restart is no outage: only who is silent at two looks is."""

_LONGEST_PROBLEM = 300

REMEMBERED = timedelta(hours=1)
"""Clicks that were not recorded stay an alarm for this long after the last one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was looked at: whether it is ill, since when, and what to say about it."""

    kind: OutageKind
    ill: bool
    since: datetime
    figures: dict[str, object] = field(default_factory=dict)


def look_at_machine(*, at: datetime) -> None:
    """Look at everything, and begin and end outages by what is seen."""
    health = edge_health()
    before = watch(LOOK)
    data = _counted(health, before.data if before else {}, at=at)
    for seen in (*_edge(health, data, at=at), *carried(at=at), _networks(at=at)):
        settle(Concern(seen.kind), ill=seen.ill, since=seen.since, figures=seen.figures, at=at)
    note_look(name=LOOK, data=data, at=at)


def carried(*, at: datetime) -> Iterator[Seen]:
    """Say whether what the edge wrote is carried on in time; needs the files and one row, no edge."""
    lake = _oldest(unread_segments(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER))
    yield _late(OutageKind.LAKE, lake, LAKE_LATE, at=at)
    yield _late(OutageKind.WORKER, _oldest(unread_postbacks(settings.JOURNAL_FOLDER)), POSTBACKS_LATE, at=at)


def nobody_looks(*, at: datetime) -> bool:
    """Say whether the last look is too old; before the first one, what waits for a worker tells it."""
    last = watch(LOOK)
    return last is not None and at - last.looked_at > NOBODY_LOOKS


def _edge(health: EdgeHealth, data: dict[str, object], *, at: datetime) -> Iterator[Seen]:
    silent_at = data["silent_at"]
    since = datetime.fromisoformat(silent_at) if isinstance(silent_at, str) else at
    if health.answers or at - since >= SILENT_FOR:
        yield Seen(OutageKind.SILENT, not health.answers, since)
    if not health.answers:
        return
    yield Seen(OutageKind.JOURNAL, health.journal_fails, at)
    yield Seen(OutageKind.BOOK, bool(health.book_damage), at, {"damage": health.book_damage})
    lost_at = data["lost_at"]
    lasts = isinstance(lost_at, str) and at - datetime.fromisoformat(lost_at) < REMEMBERED
    yield Seen(OutageKind.UNRECORDED, lasts, at, {"clicks": data["lost"]})


def _networks(*, at: datetime) -> Seen:
    """Say whether the operator's tables of networks can be read, and name the first line that cannot."""
    lines = unreadable_lines(settings.LAKE_FOLDER.parent / "networks")
    problem = lines[0][:_LONGEST_PROBLEM] if lines else ""
    if len(lines) > 1:
        problem = _("%(problem)s, and others after it: `rapport doctor` names them.") % {"problem": problem}
    return Seen(OutageKind.NETWORKS, bool(lines), at, {"problem": problem})


def _counted(health: EdgeHealth, before: dict[str, object], *, at: datetime) -> dict[str, object]:
    """Count the clicks that were not recorded since this alarm began; a process of the edge forgets with its end."""
    kept = {"unrecorded": {}, "lost": 0, "lost_at": None, "silent_at": None} | before
    if not health.answers:
        return kept | {"silent_at": kept["silent_at"] or at.isoformat()}
    known = kept["unrecorded"] if isinstance(kept["unrecorded"], dict) else {}
    fresh = sum(count - int(known.get(name, 0)) for name, count in health.unrecorded.items())
    over = isinstance(kept["lost_at"], str) and at - datetime.fromisoformat(kept["lost_at"]) >= REMEMBERED
    lost = fresh + (0 if over else int(str(kept["lost"])))
    return {
        "unrecorded": dict(health.unrecorded),
        "lost": lost,
        "lost_at": at.isoformat() if fresh else (None if over else kept["lost_at"]),
        "silent_at": None,
    }


def _oldest(segments: list[Path]) -> datetime | None:
    """Return when the oldest of these segments was written last."""
    for path in segments:
        try:
            return from_ms(path.stat().st_mtime_ns // 1_000_000)
        except FileNotFoundError:
            continue  # carried on and tidied away meanwhile
    return None


def _late(kind: OutageKind, oldest: datetime | None, patience: timedelta, *, at: datetime) -> Seen:
    if oldest is None:
        return Seen(kind, ill=False, since=at)
    waits = at - oldest
    return Seen(kind, waits > patience, min(oldest, at), {"seconds": max(0, int(waits.total_seconds()))})
