"""What `/healthz` says: a word for each part of the machinery, by the last look and by what can be seen at once."""

from datetime import datetime

from rapport.apps.outages.models import OutageKind
from rapport.apps.outages.queries import open_outages
from rapport.flows.alive.machine import carried, nobody_looks

PARTS = {
    "edge": (OutageKind.SILENT,),
    "journal": (OutageKind.JOURNAL,),
    "clicks": (OutageKind.UNRECORDED,),
    "link_book": (OutageKind.BOOK,),
    "lake": (OutageKind.LAKE,),
    "networks": (OutageKind.NETWORKS,),
    "worker": (OutageKind.WORKER,),
}


def health_now(*, at: datetime) -> dict[str, str]:
    """Return `ok` or `failing` for the database (which answered, or this raises `DatabaseError`) and each part.

    Whether what the edge wrote is carried on is seen here and now: the look that usually says so needs a worker.
    """
    known = {OutageKind(row.kind) for row in open_outages("")} | {seen.kind for seen in carried(at=at) if seen.ill}
    if nobody_looks(at=at):
        known.add(OutageKind.WORKER)
    return {"database": "ok"} | {
        part: "failing" if known.intersection(kinds) else "ok" for part, kinds in PARTS.items()
    }
