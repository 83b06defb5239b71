"""Take in what merchants report: record it, judge the stories it touches, book the difference; one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.conversions.actions import record_conversions, record_corrections
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.reading import ReadConversion, ReadCorrection
from rapport.apps.conversions.recording import Taken, TakenConversion, TakenCorrection
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.judging import Act, Judgements, judge_act
from rapport.flows.offers import Offer
from rapport.flows.retrying import until_settled
from rapport.flows.telling import Told, tell

_NEWS = frozenset(Taken) - {Taken.KNOWN}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A batch of reports after recording, and what came of judging them; `began` are conversions never seen before."""

    taken: list[TakenConversion]
    judgements: Judgements
    began: frozenset[str]


def take_conversions(
    reports: Sequence[ReadConversion], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenConversion]:
    """Take in reports of one program in their order; what becomes of one does not hang on the others."""
    return until_settled(lambda: _take_conversions(reports, offer=offer, door=door, by=by, at=at)).taken


def take_conversion(
    report: ReadConversion, *, offer: Offer, door: Door, by: Actor, at: datetime
) -> tuple[TakenConversion, Told]:
    """Take in one report, and return also what its sender is told."""
    took = until_settled(lambda: _take_conversions([report], offer=offer, door=door, by=by, at=at))
    conversion = took.taken[0].conversion
    if conversion.id not in took.began:
        return took.taken[0], tell(conversion.id)
    commissions = [row for row in took.judgements.moved if row.conversion_id == conversion.id]
    return took.taken[0], Told(conversion, took.judgements.decisions[conversion.id], commissions)


def take_corrections(
    corrections: Sequence[ReadCorrection], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenCorrection]:
    """Take in corrections of one program in their order; one without its sale waits for it."""
    return until_settled(lambda: _take_corrections(corrections, offer=offer, door=door, by=by, at=at))


def _take_conversions(
    reports: Sequence[ReadConversion], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> TakenIn:
    with transaction(savepoint=False):
        recorded = record_conversions(reports, frame=offer.frame, door=door, by=by, at=at)
        news = [(one.conversion.id, f"conversion.{one.taken}") for one in recorded.taken if one.taken in _NEWS]
        judgements = judge_act(recorded.touched, offer=offer, act=Act("reported", by, at, news), fresh=recorded.fresh)
    began = (row.id for rows in recorded.fresh.conversions.values() for row in rows)
    return TakenIn(recorded.taken, judgements, frozenset(began))


def _take_corrections(
    corrections: Sequence[ReadCorrection], *, offer: Offer, door: Door, by: Actor, at: datetime
) -> list[TakenCorrection]:
    with transaction(savepoint=False):
        taken, touched = record_corrections(corrections, frame=offer.frame, door=door, by=by, at=at)
        news = [(one.correction.id, f"correction.{one.taken}") for one in taken if one.taken in _NEWS]
        judge_act(touched, offer=offer, act=Act("corrected", by, at, news))
    return taken
