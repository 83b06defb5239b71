"""Carry out a checked import: portion by portion, the place reached kept in the transaction of each portion.

A run that was killed goes on behind its last portion; a portion that came twice counts once, like any report.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from rapport.apps.conversions.actions import BindingLine, record_bindings
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.reading import ReadConversion, ReadCorrection
from rapport.apps.conversions.recording import Touched
from rapport.apps.imports.actions import Place, finish_import, keep_pieces, move_run, refuse_import, start_import
from rapport.apps.imports.errors import FileGone, Unreadable
from rapport.apps.imports.models import ImportRun, Subject
from rapport.apps.imports.queries import customers_with_pieces, run_of, waiting_of, waiting_pieces
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.orders import Correction, Sale
from rapport.apps.imports.reading.working import Progress, WorkingFile
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.queries import coupons_by_code
from rapport.flows.codes import give_code
from rapport.flows.importing.bindings import (
    BindingReader,
    BoundLine,
    CodeLine,
    partners_of,
    portions,
    settle_lines,
)
from rapport.flows.importing.checking import refused_of, waiting_words
from rapport.flows.importing.files import Fate, forget_working_file, table_of, working_file, write_report
from rapport.flows.importing.matching import match_customers
from rapport.flows.importing.partners.running import carry_out_partners, stepping
from rapport.flows.importing.validations.running import confirm_validations
from rapport.flows.intake import take_conversions, take_corrections
from rapport.flows.intentions import carry_out_now
from rapport.flows.judging import judge_touched
from rapport.flows.offers import Offer, load_offer
from rapport.flows.retrying import until_settled

AT_ONCE = 100
CUSTOMERS_AT_ONCE = 50
SALES, CORRECTIONS, PIECES, MATCHING, LINES = "sales", "corrections", "pieces", "matching", "lines"

T = TypeVar("T")


def carry_out(run_id: str, *, by: Actor, at: datetime, progress: Progress = lambda _done: None) -> ImportRun:
    """Take in what a checked file tells; call it again after a kill, and it goes on where it was."""
    if run_of(run_id).subject == Subject.VALIDATIONS:
        return _decide(run_of(run_id), by=by, at=at)
    run = start_import(run_id=run_id, by=by, at=at)
    try:
        figures = _taken_in(run, by=by, at=at, progress=progress)
    except (Unreadable, FileGone) as unreadable:
        return refuse_import(run_id=run_id, reason=unreadable.sentence, at=at)
    done = finish_import(run_id=run_id, figures=figures, by=by, at=at)
    forget_working_file(done)
    return done


def _decide(run: ImportRun, *, by: Actor, at: datetime) -> ImportRun:
    """Confirm a file of decisions and carry it out at once."""
    carry_out_now(confirm_validations(run=run, by=by, at=at).id, at=at)
    return run_of(run.id)


def _taken_in(run: ImportRun, *, by: Actor, at: datetime, progress: Progress) -> dict[str, Any]:
    if run.subject == Subject.PARTNERS:
        return carry_out_partners(run, by=by, at=at, step=stepping(run, progress))
    taking = _Taking(run, load_offer(run.program_id), by, at, progress)
    return taking.orders() if run.subject == Subject.ORDERS else taking.bindings()


class _Taking:
    """One run on its way: what it is read and judged by, and the place it has reached."""

    def __init__(self, run: ImportRun, offer: Offer, by: Actor, at: datetime, progress: Progress) -> None:
        self.run, self.offer, self.by, self.at = run, offer, by, at
        self.progress = progress
        self.place = Place.of(run)

    def orders(self) -> dict[str, Any]:
        """Take sales first, then what takes back from them; return what became of the lines."""
        with working_file(self.run, self.offer, progress=self.progress) as work:
            if self._enters(SALES):
                self._take_sales(work)
            if self._enters(CORRECTIONS):
                self._take_corrections(work)
            if self._enters(PIECES):
                self._keep_pieces(work)
            if self._enters(MATCHING):
                self._match(work)
            return self._close(work)

    def bindings(self) -> dict[str, Any]:
        """Bind customers and give codes line by line; return what became of the lines."""
        table = table_of(self.run)
        partners = partners_of(self.run.program_id)
        reader = BindingReader(Layout.of(self.run.layout), table.header, partners=partners, at=self.at)
        self._enters(LINES)
        behind = islice(map(reader.read, table.rows()), self.place.position, None)
        for portion in portions(behind, AT_ONCE):
            self._step(Place(LINES, self.place.position + len(portion)), partial(self._bind, portion))
        refused: list[Fate] = []
        also: dict[object, str] = {}
        for portion in portions(map(reader.read, table.rows()), AT_ONCE):
            refused += settle_lines(portion, program_id=self.run.program_id, also=also)
        write_report(self.run, refused, ())
        lines = self.place.position
        return {"lines": lines, "refused": len(refused), "waiting": 0, "accepted": lines - len(refused)}

    def _enters(self, phase: str) -> bool:
        """Say whether this phase is still to be done or to be finished; a phase that begins starts at its front."""
        order = (SALES, CORRECTIONS, PIECES, MATCHING) if phase != LINES else (LINES,)
        reached = order.index(self.place.phase) if self.place.phase in order else -1
        if reached < order.index(phase):
            self._step(Place(phase), lambda: None)
        return order.index(self.place.phase) == order.index(phase)

    def _step(self, after: Place, take: Callable[[], None]) -> None:
        """Take one portion and note the place behind it, both in one transaction."""

        def write() -> None:
            with transaction():
                move_run(self.run.id, before=self.place, after=after)
                take()

        until_settled(write)
        self.place = after
        self.progress(after.position)

    def _take_sales(self, work: WorkingFile) -> None:
        def take(reads: Sequence[ReadConversion]) -> None:
            take_conversions(reads, offer=self.offer, door=Door.FILE, by=self.by, at=self.at)

        told = work.told(after=self.place.position)
        sales = ((n, [one.read for one in each if isinstance(one, Sale)]) for n, each in told)
        for number, reads in gathered(sales, AT_ONCE):
            self._step(Place(SALES, number), partial(take, reads))

    def _take_corrections(self, work: WorkingFile) -> None:
        def take(reads: Sequence[ReadCorrection]) -> None:
            take_corrections(reads, offer=self.offer, door=Door.FILE, by=self.by, at=self.at)

        told = work.told(after=self.place.position, takes_back=True)
        corrections = ((n, [one.read for one in each if isinstance(one, Correction)]) for n, each in told)
        for number, reads in gathered(corrections, AT_ONCE):
            self._step(Place(CORRECTIONS, number), partial(take, reads))

    def _keep_pieces(self, work: WorkingFile) -> None:
        keep = partial(keep_pieces, program_id=self.run.program_id, kind=self.run.layout["kind"], at=self.at)
        pieces = ((n, [piece]) for n, piece in work.pieces(after=self.place.position))
        for number, portion in gathered(pieces, AT_ONCE):
            self._step(Place(PIECES, number), partial(keep, portion))

    def _match(self, work: WorkingFile) -> None:
        """Match anew whoever bought or brought back something in this file."""
        customers = work.customers(after=self.place.at_key)
        while among := list(islice(customers, CUSTOMERS_AT_ONCE)):
            after = Place(MATCHING, self.place.position + len(among), among[-1])
            self._step(after, partial(self._match_some, among))

    def _match_some(self, among: list[str]) -> None:
        found = customers_with_pieces(self.run.program_id, among=among)
        if found:
            match_customers(found, offer=self.offer, by=self.by, at=self.at)

    def _bind(self, lines: list[BoundLine]) -> None:
        bad = {fate[0] for fate in settle_lines(lines, program_id=self.run.program_id, also={})}
        good = [one for one in lines if one.line not in bad]
        told = [one for one in good if isinstance(one, BindingLine)]
        _taken, touched = record_bindings(
            told, program_id=self.run.program_id, file_name=self.run.file_name, by=self.by, at=self.at
        )
        self._judge(touched)
        codes = [one for one in good if isinstance(one, CodeLine)]
        known = coupons_by_code(self.run.program_id, codes={one.coupon.code for one in codes})
        for one in codes:
            if one.coupon.code not in known:
                known[one.coupon.code] = give_code(
                    agreement_id=one.agreement_id, given=one.coupon, by=self.by, at=self.at
                )

    def _judge(self, touched: Touched) -> None:
        if touched.keys:
            judge_touched(touched, offer=self.offer, cause="bound-by-file", by=self.by, at=self.at)

    def _close(self, work: WorkingFile) -> dict[str, Any]:
        """Say of every line what became of it, as the books stand at the end."""
        held = work.figures()
        waiting = [*self._waiting_pieces(work), *self._waiting_corrections(work)]
        write_report(self.run, refused_of(work), waiting)
        return {
            "lines": held.lines,
            "refused": held.refused,
            "waiting": len(waiting),
            "accepted": held.lines - held.refused - len(waiting),
            "orders": held.orders,
            "corrections": held.corrections,
            "returns": held.returns,
            "total_minor": held.total_minor,
            "foreign": held.foreign,
        }

    def _waiting_pieces(self, work: WorkingFile) -> Iterator[Fate]:
        pieces = (piece for _n, piece in work.pieces(after=0))
        while portion := list(islice(pieces, AT_ONCE)):
            found = waiting_pieces(self.run.program_id, numbers={piece.number for piece in portion})
            waits = {(one.number, one.product, one.price): one for one in found}
            for piece in portion:
                one = waits.get((piece.number, piece.product, piece.price))
                if one:
                    reason = waiting_words(one.quantity, one.customer_key)
                    yield from ((line, piece.number, _("waiting"), reason) for line in piece.lines)

    def _waiting_corrections(self, work: WorkingFile) -> Iterator[Fate]:
        told = work.corrections()
        while portion := dict(islice(told, AT_ONCE)):
            waits = waiting_of(self.run.program_id, external_ids=set(portion))
            for external_id, order in waits.items():
                reason = _("The order %(order)s is not known.") % {"order": order}
                yield from ((line, order, _("waiting"), reason) for line in portion[external_id])


def gathered(told: Iterable[tuple[int, list[T]]], size: int) -> Iterator[tuple[int, list[T]]]:
    """Gather what places bring into portions of about `size`, each with the last place that is in it."""
    portion: list[T] = []
    last, passed = 0, 0
    for last, brought in told:
        portion += brought
        passed += 1
        if len(portion) >= size or passed >= size * 10:
            yield last, portion
            portion, passed = [], 0
    if passed:
        yield last, portion
