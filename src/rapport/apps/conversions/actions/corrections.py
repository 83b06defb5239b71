"""Record corrections, many at once; one whose sale is not known yet waits, visibly, and finds it later."""

from collections.abc import Collection, Container, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.conversions.actions.locks import lock_stories
from rapport.apps.conversions.models import Conversion, Correction, Door
from rapport.apps.conversions.reading import Frame, ReadCorrection
from rapport.apps.conversions.recording import Taken, TakenCorrection, Touched, Warned, other_currency
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.write import insert_rows, update_rows
from rapport.kit.ids import new_id

_PARTS = ("total_minor", "tax_minor", "shipping_minor", "discount_minor")
_MAY_CHANGE = ("in_conflict", "occurred_at", *_PARTS)


def record_corrections(
    corrections: Sequence[ReadCorrection], *, frame: Frame, door: Door, by: Actor, at: datetime
) -> tuple[list[TakenCorrection], Touched]:
    """Record corrections in their order, inside the caller's transaction; return what became of each."""
    touched = Touched()
    sales = _sales(corrections, frame=frame)
    # Before the first row is written: a row locks the order that it names, and stories go before orders.
    lock_stories(Touched.by(sales.values()).in_order())
    known = _known(corrections, frame=frame)
    new: list[Correction] = []
    taken = []
    for read in corrections:
        identity = (read.given.kind, read.external_id)
        row = _row(read, frame=frame, door=door, by=by, at=at)
        row.conversion = sales.get((read.given.of_kind, read.given.of))
        if identity in known:
            taken.append(_again(known[identity], row, touched, new={one.id for one in new}))
            continue
        known[identity] = row
        new.append(row)
        taken.append(_first(row, touched))
    insert_rows(new)
    return taken, touched


def attach_waiting(conversions: Collection[Conversion], *, touched: Touched) -> list[Correction]:
    """Give conversions the corrections that came before them, and return these."""
    by_identity = {(row.kind, row.external_id): row for row in conversions}
    if not by_identity:
        return []
    rows = _waiting_for(
        program_id=next(iter(by_identity.values())).program_id,
        external_ids=[external_id for _kind, external_id in by_identity],
    )
    found = [row for row in rows if (row.of_kind, row.of_external_id) in by_identity]
    for row in found:
        row.conversion = by_identity[row.of_kind, row.of_external_id]
        touched.add(row.conversion)
    if found:
        update_rows(found, ("conversion",))
    return found


@composed
def _waiting_for(program_id: str, external_ids: Sequence[str]) -> QuerySet[Correction]:
    return Correction.objects.filter(
        program_id=program_id, conversion__isnull=True, of_external_id__in=external_ids
    ).order_by()


def _sales(corrections: Sequence[ReadCorrection], *, frame: Frame) -> dict[tuple[str, str], Conversion]:
    wanted = sorted({read.given.of for read in corrections})
    rows = _numbered(program_id=frame.program_id, external_ids=wanted) if wanted else []
    return {(row.kind, row.external_id): row for row in rows}


@composed
def _numbered(program_id: str, external_ids: Sequence[str]) -> QuerySet[Conversion]:
    return Conversion.objects.filter(program_id=program_id, external_id__in=external_ids)


def _known(corrections: Sequence[ReadCorrection], *, frame: Frame) -> dict[tuple[str, str], Correction]:
    named = sorted({read.external_id for read in corrections})
    rows = _told_before(program_id=frame.program_id, external_ids=named) if named else []
    return {(row.kind, row.external_id): row for row in rows}


@composed
def _told_before(program_id: str, external_ids: Sequence[str]) -> QuerySet[Correction]:
    rows = Correction.objects.select_for_update(of=("self",)).filter(program_id=program_id)
    return rows.filter(external_id__in=external_ids).order_by("id")


def _row(read: ReadCorrection, *, frame: Frame, door: Door, by: Actor, at: datetime) -> Correction:
    return Correction(
        id=new_id("cor", at=at),
        program_id=frame.program_id,
        kind=read.given.kind,
        external_id=read.external_id,
        of_kind=read.given.of_kind,
        of_external_id=read.given.of,
        total_minor=read.parts["total"],
        tax_minor=read.parts["tax"],
        shipping_minor=read.parts["shipping"],
        discount_minor=read.parts["discount"],
        currency=read.given.currency,
        own_id=bool(read.given.external_id),
        occurred_at=read.occurred_at,
        received_at=read.received_at,
        door=door,
        actor_kind=by.kind,
        actor_id=by.id,
    )


def _first(row: Correction, touched: Touched) -> TakenCorrection:
    if row.conversion is None:
        sentence = _("No sale with this number is known yet; the correction waits for it.")
        return TakenCorrection(row, Taken.WAITING, (Warned("sale_unknown", "of", sentence),))
    touched.add(row.conversion)
    if row.currency != row.conversion.currency:
        return TakenCorrection(row, Taken.CONFLICT, (other_currency(row.conversion, row.currency),))
    return TakenCorrection(row, Taken.NEW)


def _again(known: Correction, again: Correction, touched: Touched, *, new: Container[str]) -> TakenCorrection:
    """Compare a correction with the one of the same id; of two amounts the one that leaves less is booked."""
    contradicted = _said(known) != _said(again)
    learned = _learn(known, again, contradicted=contradicted)
    if learned and known.id not in new:
        known.save(update_fields=_MAY_CHANGE)
    if learned and known.conversion:
        touched.add(known.conversion)
    if contradicted:
        return TakenCorrection(known, Taken.CONFLICT)
    if known.conversion_id is None:
        return TakenCorrection(known, Taken.WAITING)
    return TakenCorrection(known, Taken.ADDED if learned else Taken.KNOWN)


def _learn(known: Correction, again: Correction, *, contradicted: bool) -> bool:
    """Take over what the second telling changes, whichever of the two came first; say whether it changed anything."""
    before = [getattr(known, name) for name in _MAY_CHANGE]
    known.occurred_at = min(known.occurred_at, again.occurred_at)
    known.in_conflict = known.in_conflict or contradicted
    if again.currency == known.currency and _taking(again) < _taking(known):
        for name in _PARTS:
            setattr(known, name, getattr(again, name))
    return before != [getattr(known, name) for name in _MAY_CHANGE]


def _said(row: Correction) -> tuple[object, ...]:
    return (row.of_kind, row.of_external_id, row.currency, *(getattr(row, name) for name in _PARTS))


def _taking(row: Correction) -> tuple[tuple[bool, int], ...]:
    """Sort what takes more before what takes less: all that is left first, a part left open before a named one."""
    parts = [getattr(row, name) for name in _PARTS]
    return tuple((part is not None, part or 0) for part in parts)
