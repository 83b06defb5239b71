"""Take in the postbacks that the edge acknowledged: each exactly once, with a receipt that says what became of it."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import OperationalError
from django.utils.translation import gettext as _

from rapport.apps.conversions.actions import keep_receipts, move_cursor, new_receipt
from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput, EditInput
from rapport.apps.conversions.models import Door, Receipt, ReceiptState
from rapport.apps.conversions.postback import Reading, read_postback
from rapport.apps.conversions.queries import cursor_of, reading_of
from rapport.apps.conversions.reading import ReadConversion, ReadCorrection, read_conversion, read_correction
from rapport.apps.conversions.recording import Taken, TakenConversion, TakenCorrection, Warned
from rapport.apps.programs.queries import all_programs
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.flows.edits import take_edit
from rapport.flows.intake import take_conversions, take_corrections
from rapport.flows.offers import Offer, load_offer
from rapport.kit.clock import from_ms
from rapport.kit.jsontext import Written
from rapport.kit.pace import portions
from rapport.lake.position import segment_number
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import newest_number, read_segment, sealed_segments

_log = logging.getLogger(__name__)

CURSOR = "postbacks"
WHOLE = 2**62
"""The cursor's offset when its segment has been taken in to the end."""

_STATES = {
    Taken.NEW: ReceiptState.TAKEN,
    Taken.ADDED: ReceiptState.TAKEN,
    Taken.AMENDED: ReceiptState.TAKEN,
    Taken.KNOWN: ReceiptState.KNOWN,
    Taken.CONFLICT: ReceiptState.CONFLICT,
    Taken.WAITING: ReceiptState.WAITING,
}


@dataclass(frozen=True, slots=True)
class _Read:
    """One postback read as a report or an edit of one, or refused; nothing of it where it tells of no order."""

    event: PostbackEvent
    report: ReadConversion | ReadCorrection | None = None
    edit: EditInput | None = None
    refusal: Refusal | None = None
    unread: tuple[str, ...] = ()

    @property
    def door(self) -> Door:
        """Say through which door it came."""
        return Door.SCRIPT if self.event.auth == "none" else Door.POSTBACK


def take_postbacks(*, at: datetime, most: int = 10_000) -> int:
    """Take in the postbacks that no earlier call took, segment by segment, until `most` are taken; return how many."""
    taken = 0
    for path in unread_postbacks(settings.JOURNAL_FOLDER):
        for batch in portions(_pending(path)):
            _take_batch(batch, at=at)
            taken += len(batch)
        with transaction():
            move_cursor(name=CURSOR, segment=path.name, offset=WHOLE)
        if taken >= most:
            break
    return taken


def postbacks_wait() -> bool:
    """Say cheaply whether a sealed segment lies behind the cursor."""
    return newest_number(settings.JOURNAL_FOLDER) > position()


def position() -> int:
    """Return the number of the last segment that is taken in whole; 0 before the first."""
    cursor = cursor_of(CURSOR)
    if not cursor.segment:
        return 0
    number = segment_number(Path(cursor.segment))
    return number if cursor.offset == WHOLE else number - 1


def unread_postbacks(journal: Path) -> list[Path]:
    """Return the sealed segments that are not taken in whole yet, in their order."""
    cursor = cursor_of(CURSOR)
    whole = cursor.offset == WHOLE
    return [
        path
        for path in sealed_segments(journal)
        if path.name > cursor.segment or (path.name == cursor.segment and not whole)
    ]


def _pending(path: Path) -> Iterator[tuple[PostbackEvent, str, int]]:
    """Yield the postbacks of a segment behind the cursor, with their places."""
    cursor = cursor_of(CURSOR)
    taken_upto = cursor.offset if path.name == cursor.segment else -1
    for offset, event in read_segment(path):
        if offset > taken_upto and isinstance(event, PostbackEvent):
            yield event, path.name, offset


def _take_batch(batch: Sequence[tuple[PostbackEvent, str, int]], *, at: datetime) -> None:
    """Take a batch in one transaction with the cursor; where a fault of ours stops it, one by one."""
    try:
        with transaction():
            _take_all(batch, at=at)
    except OperationalError:
        raise  # the database is busy or away: nothing is wrong with any postback, and all of them come again
    except Exception:  # noqa: BLE001 - whatever the fault of ours is, one postback must not stop those behind it
        if len(batch) == 1:
            _log.exception("postback %s could not be taken in", batch[0][0].receipt_id)
            _keep_faulty(batch[0], at=at)
            return
        for one in batch:
            _take_batch([one], at=at)


def _take_all(batch: Sequence[tuple[PostbackEvent, str, int]], *, at: datetime) -> None:
    by_program = sorted(batch, key=lambda item: item[0].program_id)
    receipts: list[Receipt] = []
    for program_id, items in groupby(by_program, key=lambda item: item[0].program_id):
        receipts += _take_program([event for event, _segment, _offset in items], offer=load_offer(program_id), at=at)
    keep_receipts(receipts)
    _event, segment, offset = batch[-1]
    move_cursor(name=CURSOR, segment=segment, offset=offset)


def _take_program(events: Sequence[PostbackEvent], *, offer: Offer, at: datetime) -> list[Receipt]:
    reading = reading_of(offer.program.id)
    reads = [_read(event, offer=offer, reading=reading) for event in events]
    receipts = [_receipt(read, at=at) for read in reads if read.report is None and read.edit is None]
    for door in (Door.POSTBACK, Door.SCRIPT):
        receipts += _take_orders([read for read in reads if read.door == door], door=door, offer=offer, at=at)
    by = Actor.system("postback")
    corrections = [(read, read.report) for read in reads if isinstance(read.report, ReadCorrection)]
    if corrections:
        deltas = [delta for _read, delta in corrections]
        answers = take_corrections(deltas, offer=offer, door=Door.POSTBACK, by=by, at=at)
        receipts += [_receipt(read, taken=one, at=at) for (read, _), one in zip(corrections, answers, strict=True)]
    # Last and one by one: an edit is measured by what its order comes to after everything before it.
    receipts += [_take_edit(read, edit=read.edit, offer=offer, by=by, at=at) for read in reads if read.edit]
    return receipts


def _take_edit(read: _Read, *, edit: EditInput, offer: Offer, by: Actor, at: datetime) -> Receipt:
    number, received_at = f"edit-{read.event.receipt_id}", from_ms(read.event.at_ms)
    try:
        taken = take_edit(edit, number=number, offer=offer, received_at=received_at, by=by, at=at)
    except Refusal as refusal:
        return _receipt(replace(read, refusal=refusal), at=at)
    return _receipt(read, taken=taken, at=at)


def _take_orders(reads: Sequence[_Read], *, door: Door, offer: Offer, at: datetime) -> list[Receipt]:
    conversions = [(read, read.report) for read in reads if isinstance(read.report, ReadConversion)]
    if not conversions:
        return []
    reports = [report for _read, report in conversions]
    taken = take_conversions(reports, offer=offer, door=door, by=Actor.system(door.value), at=at)
    return [_receipt(read, taken=one, at=at) for (read, _), one in zip(conversions, taken, strict=True)]


def _read(event: PostbackEvent, *, offer: Offer, reading: Reading) -> _Read:
    received_at = from_ms(event.at_ms)
    try:
        told = read_postback(event, currency=offer.program.currency, reading=reading)
        report: ReadConversion | ReadCorrection | None = None
        if isinstance(told.report, ConversionInput):
            stands = {"confirmed": told.confirmed, "proven": event.auth != "none"}
            report = read_conversion(told.report, frame=offer.frame, received_at=received_at, **stands)
        elif isinstance(told.report, CorrectionInput):
            report = read_correction(told.report, frame=offer.frame, received_at=received_at)
        edit = told.report if isinstance(told.report, EditInput) else None
        return _Read(event, report=report, edit=edit, unread=told.unread)
    except Refusal as refusal:
        return _Read(event, refusal=refusal)


def _receipt(read: _Read, *, at: datetime, taken: TakenConversion | TakenCorrection | None = None) -> Receipt:
    event, refusal = read.event, read.refusal
    subject = ""
    if taken:
        subject = taken.conversion.id if isinstance(taken, TakenConversion) else taken.correction.id
    problems = [{"field": "", "sentence": refusal.sentence}] if refusal and not refusal.fields else []
    problems += [{"field": name, "sentence": text} for name, text in refusal.fields.items()] if refusal else []
    return new_receipt(
        id=event.receipt_id,
        program_id=event.program_id,
        state=_state(read, taken),
        authentic=event.auth != "none",
        subject=subject,
        problems=problems,
        warnings=[asdict(warning) for warning in _warnings(read, taken)],
        raw=Written.of(msgspec.to_builtins(event), msgspec.json.encode(event).decode()),
        received_at=from_ms(event.at_ms),
        handled_at=at,
    )


def _state(read: _Read, taken: TakenConversion | TakenCorrection | None) -> ReceiptState:
    if taken:
        return _STATES[taken.taken]
    return ReceiptState.REFUSED if read.refusal else ReceiptState.KNOWN


def _warnings(read: _Read, taken: TakenConversion | TakenCorrection | None) -> Iterator[Warned]:
    if taken:
        yield from taken.warnings
    elif read.refusal is None and read.edit is None:
        yield Warned("no_order", "", _("This tells of no order, so there is nothing to do."))
    if read.unread:
        sentence = _("These names mean nothing here and were left unread: %(names)s.")
        yield Warned("unread", "", sentence % {"names": ", ".join(sorted(read.unread))})


def _keep_faulty(item: tuple[PostbackEvent, str, int], *, at: datetime) -> None:
    """Keep a postback that a fault of ours kept out, whole and visible, and go on with the next."""
    event, segment, offset = item
    sentence = _("A fault on our side kept this out; nothing of it is lost. Report it again, or tell support its id.")
    # A program that these tables do not hold (a restored backup is older than the journal) has no page for a receipt.
    known = all_programs().filter(pk=event.program_id).exists()
    with transaction():
        keep_receipts([_receipt(_Read(event, refusal=Refusal(sentence)), at=at)] if known else [])
        move_cursor(name=CURSOR, segment=segment, offset=offset)
