"""Take in what merchants report: record it, judge the stories it touches, book the difference; one transaction each."""

from collections.abc import Sequence
from datetime import datetime

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.actions import record_conversions, record_corrections
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.reading import ReadConversion, ReadCorrection
from rapport.apps.conversions.recording import Taken, TakenConversion, TakenCorrection
from rapport.apps.record.actions import announce_many, announcement, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.judging import judge_touched
from rapport.flows.offers import Offer

_NOTHING_NEW = (Taken.KNOWN,)


def take_conversions(
    reports: Sequence[ReadConversion], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenConversion]:
    """Take in reports of one program in their order; what becomes of one does not hang on the others."""
    with transaction():
        taken, touched = record_conversions(reports, frame=offer.frame, door=door, by=by, at=at)
        fresh = {one.conversion.id for one in taken if one.taken is Taken.NEW}
        moved = judge_touched(touched, offer=offer, cause="reported", by=by, at=at, fresh=fresh)
        _trace([(one.conversion.id, f"conversion.{one.taken}", one.taken) for one in taken], offer=offer, by=by, at=at)
        _announce_moved(moved, offer=offer, at=at)
    return taken


def take_corrections(
    corrections: Sequence[ReadCorrection], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenCorrection]:
    """Take in corrections of one program in their order; one without its sale waits for it."""
    with transaction():
        taken, touched = record_corrections(corrections, frame=offer.frame, door=door, by=by, at=at)
        moved = judge_touched(touched, offer=offer, cause="corrected", by=by, at=at)
        _trace([(one.correction.id, f"correction.{one.taken}", one.taken) for one in taken], offer=offer, by=by, at=at)
        _announce_moved(moved, offer=offer, at=at)
    return taken


def _trace(rows: Sequence[tuple[str, str, Taken]], *, offer: Offer, by: Actor, at: datetime) -> None:
    """Leave an audit row and an announcement for everything that changed something."""
    workspace_id = offer.program.workspace_id
    news = [(subject, what) for subject, what, taken in rows if taken not in _NOTHING_NEW]
    audit_many(
        [audit_row(by=by, at=at, action=what, subject=subject, workspace_id=workspace_id) for subject, what in news]
    )
    announce_many(
        [announcement(at=at, kind=what, subject=subject, workspace_id=workspace_id) for subject, what in news]
    )


def _announce_moved(commissions: Sequence[Commission], *, offer: Offer, at: datetime) -> None:
    workspace_id = offer.program.workspace_id
    announce_many(
        [
            announcement(at=at, kind=f"commission.{row.state}", subject=row.id, workspace_id=workspace_id)
            for row in commissions
        ]
    )
