"""Did everything that arrived come in: journal, receipts, lake and link book held to one another."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Receipt
from rapport.apps.tracking.publishing import book_is_behind
from rapport.flows.doctor.looks import Seen
from rapport.flows.postbacks import position
from rapport.kit.clock import now
from rapport.lake.networks import unreadable_lines
from rapport.lake.position import segment_number, unread_segments
from rapport.lake.questions import lake_at
from rapport.wire.events import ClickEvent, PostbackEvent
from rapport.wire.journal import read_segment, sealed_segments

T = TypeVar("T")

PUBLISHING_TAKES_S = 3

LONGEST_WAIT_S = 600
"""A worker takes in a sealed segment within seconds; after ten minutes none is at work."""


def journal(seen: Seen) -> Iterator[str]:
    """Read every line of the journal that is still there."""
    for path in sealed_segments(settings.JOURNAL_FOLDER):
        damaged: list[int] = []
        seen.count(sum(1 for _event in read_segment(path, damaged=damaged)))
        for offset in damaged:
            yield _("%(file)s is damaged at byte %(offset)s.") % {"file": path.name, "offset": offset}


def backlog(seen: Seen) -> Iterator[str]:
    """Look for segments that nobody has taken in for long: clicks into the lake, postbacks into the tables."""
    read = position()
    waiting = {
        _("clicks"): unread_segments(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER),
        _("postbacks"): [path for path in sealed_segments(settings.JOURNAL_FOLDER) if segment_number(path) > read],
    }
    for what, segments in waiting.items():
        seen.count(len(segments))
        late = [path for path in segments if _age_s(path) > LONGEST_WAIT_S]
        if late:
            told = {"number": len(late), "what": what}
            yield _("%(number)s segments wait to be read for their %(what)s: is a worker running?") % told


def receipts(seen: Seen) -> Iterator[str]:
    """Look for the receipt of every postback that was taken in."""
    for events in seen.pages(_events_upto(position(), PostbackEvent)):
        ids = {event.receipt_id for event in events}
        for missing in sorted(ids - set(Receipt.objects.filter(pk__in=ids).values_list("id", flat=True))):
            yield _("The postback %(id)s was passed over.") % {"id": missing}


def clicks(seen: Seen) -> Iterator[str]:
    """Look in the lake for every click that it has passed."""
    # Loads the lake, which a worker should not carry before it looks.
    from rapport.lake.progress import progress  # noqa: PLC0415 - see above

    for events in seen.pages(_events_upto(progress(settings.LAKE_FOLDER), ClickEvent)):
        ids = {event.click_id for event in events}
        for missing in sorted(ids - lake_at(settings.LAKE_FOLDER).facts_of(ids).keys()):
            yield _("The click %(id)s is not in the lake.") % {"id": missing}


def networks(_seen: Seen) -> Iterator[str]:
    """Read the operator's own tables of networks, line by line."""
    for line in unreadable_lines(settings.LAKE_FOLDER.parent / "networks"):
        yield _("This line of a table of networks cannot be read: %(line)s") % {"line": line}


def link_book(_seen: Seen) -> Iterator[str]:
    """Ask whether the edge knows every link as it is now."""
    if book_is_behind():
        time.sleep(PUBLISHING_TAKES_S)
        if book_is_behind():
            yield _("Changes of links wait to be published: is a worker running?")


def _age_s(path: Path) -> float:
    """Return how long ago a segment was written; 0 for one that was read and removed meanwhile."""
    try:
        return now().timestamp() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _events_upto(number: int, kind: type[T]) -> Iterator[T]:
    """Yield the events of one kind in the segments up to this one that are still there."""
    for path in sealed_segments(settings.JOURNAL_FOLDER):
        if segment_number(Path(path)) <= number:
            yield from (event for _offset, event in read_segment(path) if isinstance(event, kind))
