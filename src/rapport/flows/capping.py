"""Count the clicks of capped links, so that a link whose cap is reached leads to its fallback.

The lake knows a click seconds after the edge led it on, and the link book follows: what came meanwhile leads on too.
"""

from datetime import datetime

from django.conf import settings

from rapport.apps.record.actors import Actor
from rapport.apps.tracking.counting import note_counts, stretch_of
from rapport.apps.tracking.queries import capped, caps_counted_before
from rapport.lake.position import position
from rapport.lake.questions import StretchRow, lake_at

NOTHING = StretchRow()
_EVERY_SEGMENT = 2**62


def counts_wait() -> bool:
    """Say cheaply whether a link has a cap and the lake clicks that were not counted; without caps it is not asked."""
    return bool(caps_counted_before(upto=_EVERY_SEGMENT)) and bool(caps_counted_before(upto=_read()))


def count_clicks(*, at: datetime) -> None:
    """Count what capped links handed out, and close those whose cap is reached until their day ends, or for good."""
    upto = _read()  # before the question: what is carried over meanwhile is counted again
    asked = [stretch_of(cap, at=at) for cap in capped()]
    if asked:
        found = lake_at(settings.LAKE_FOLDER).handed_out_in(asked)
        counted = {one.link_id: (one, found.get(one.link_id, NOTHING)) for one in asked}
        note_counts(counted, upto=upto, by=Actor.system("link-caps"), at=at)


def _read() -> int:
    return position(settings.LAKE_FOLDER)
