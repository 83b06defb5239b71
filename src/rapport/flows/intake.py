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

_NEWS = frozenset(Taken) - {Taken.KNOWN}


def take_conversions(
    reports: Sequence[ReadConversion], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenConversion]:
    """Take in reports of one program in their order; what becomes of one does not hang on the others."""
    with transaction():
        recorded = record_conversions(reports, frame=offer.frame, door=door, by=by, at=at)
        moved = judge_touched(recorded.touched, offer=offer, cause="reported", by=by, at=at, fresh=recorded.fresh)
        news = [(one.conversion.id, f"conversion.{one.taken}") for one in recorded.taken if one.taken in _NEWS]
        _trace(news, moved, offer=offer, by=by, at=at)
    return recorded.taken


def take_corrections(
    corrections: Sequence[ReadCorrection], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenCorrection]:
    """Take in corrections of one program in their order; one without its sale waits for it."""
    with transaction():
        taken, touched = record_corrections(corrections, frame=offer.frame, door=door, by=by, at=at)
        moved = judge_touched(touched, offer=offer, cause="corrected", by=by, at=at)
        news = [(one.correction.id, f"correction.{one.taken}") for one in taken if one.taken in _NEWS]
        _trace(news, moved, offer=offer, by=by, at=at)
    return taken


def _trace(
    news: Sequence[tuple[str, str]], moved: Sequence[Commission], *, offer: Offer, by: Actor, at: datetime
) -> None:
    """Leave an audit row for every report that changed something, and announce it with the commissions that moved."""
    workspace_id = offer.program.workspace_id
    told = [*news, *((row.id, f"commission.{row.state}") for row in moved)]
    audit_many(
        [audit_row(by=by, at=at, action=what, subject=subject, workspace_id=workspace_id) for subject, what in news]
    )
    announce_many(
        [announcement(at=at, kind=what, subject=subject, workspace_id=workspace_id) for subject, what in told]
    )
