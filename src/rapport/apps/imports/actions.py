"""Write profiles, runs and returned pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from rapport.apps.imports.errors import RunMovedOn
from rapport.apps.imports.models import (
    BroughtLine,
    ImportRun,
    LineFate,
    Profile,
    ReturnedPart,
    ReturnedPiece,
    RunState,
    ValidationLine,
)
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.orders import Piece
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import insert_rows, transaction
from rapport.kit.clock import from_ms
from rapport.kit.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that lies ready: where, how large, its SHA-256, and the folder for what is worked out from it."""

    name: str
    path: str
    folder: str
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtFact:
    """What became of one line of a file of partners, and what of it can be undone."""

    line: int
    fate: LineFate
    made: bool
    opening_entry: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """One decision of a file that is to be carried out; the names are those of the table."""

    line: int
    conversion_id: str
    verdict: str
    total_minor: int | None
    decline_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ToldPart:
    """So much of a returned piece is told as a correction of an order by now, in so many corrections."""

    piece_id: str
    conversion_id: str
    quantity: Decimal
    amount_minor: int
    told: int


def begin_import(*, program_id: str, subject: str, file: UploadedFile, by: Actor, at: datetime) -> ImportRun:
    """Note that a file came in; nothing of it counts yet."""
    with transaction():
        run = ImportRun.objects.create(
            id=new_id("imp", at=at),
            program_id=program_id,
            subject=subject,
            file_name=file.name[-200:],
            path=file.path,
            folder=file.folder,
            size_bytes=file.size_bytes,
            digest=file.digest,
            uploaded_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        _audit(run, "import.uploaded", by=by, at=at)
    return run


def choose_layout(*, run_id: str, layout: Layout, profile: str, by: Actor, at: datetime) -> ImportRun:
    """Say how the file is read, and keep that under a name if one is given; the check begins anew."""
    with transaction():
        run = _locked(run_id, RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED, RunState.FAILED)
        if profile.strip():
            save_profile(program_id=run.program_id, name=profile, layout=layout, by=by, at=at)
        _set(run, layout=layout.document(), state=RunState.CHECKING, figures={}, reason="")
    return run


def save_profile(*, program_id: str, name: str, layout: Layout, by: Actor, at: datetime) -> Profile:
    """Keep a layout under a name; the same name again replaces it."""
    with transaction():
        profile, _made = Profile.objects.update_or_create(
            program_id=program_id,
            subject=layout.subject,
            name=name.strip()[:80],
            defaults={"layout": layout.document(), "changed_at": at},
            create_defaults={"id": new_id("ipf", at=at), "layout": layout.document(), "changed_at": at},
        )
        audit(by=by, at=at, action="import_profile.saved", subject=profile.id)
    return profile


def note_checked(*, run_id: str, figures: Mapping[str, Any]) -> ImportRun:
    """Keep what the dry run found."""
    with transaction():
        run = _locked(run_id, RunState.CHECKING)
        _set(run, state=RunState.CHECKED, figures=dict(figures))
    return run


def start_import(*, run_id: str, by: Actor, at: datetime) -> ImportRun:
    """Let a checked file count; a run that was begun goes on."""
    with transaction():
        run = _locked(run_id, RunState.CHECKED, RunState.RUNNING)
        if run.state == RunState.CHECKED:
            _set(run, state=RunState.RUNNING, phase="", position=0, at_key="")
            _audit(run, "import.started", by=by, at=at)
    return run


@dataclass(frozen=True, slots=True)
class Place:
    """How far a run is: in which phase, and behind which order, piece or customer."""

    phase: str = ""
    position: int = 0
    at_key: str = ""

    @classmethod
    def of(cls, run: ImportRun) -> "Place":
        """Return the place that a run has reached."""
        return cls(run.phase, run.position, run.at_key)


def move_run(run_id: str, *, before: Place, after: Place) -> None:
    """Note how far a run is, inside the transaction that takes the lines between; refused if another took them."""
    run = _locked(run_id, RunState.RUNNING)
    if Place.of(run) != before:
        raise RunMovedOn(run.get_state_display().lower())
    _set(run, phase=after.phase, position=after.position, at_key=after.at_key)


def finish_import(*, run_id: str, figures: Mapping[str, Any], by: Actor, at: datetime) -> ImportRun:
    """Close a run with what became of its lines."""
    with transaction():
        run = _locked(run_id, RunState.RUNNING)
        _set(run, state=RunState.DONE, figures=dict(figures), finished_at=at)
        counts = {name: value for name, value in figures.items() if isinstance(value, int)}
        audit(by=by, at=at, action="import.done", subject=run.id, workspace_id=run.program.workspace_id, data=counts)
    return run


def refuse_import(*, run_id: str, reason: str, at: datetime) -> ImportRun:
    """Close a run whose file cannot be read; what it brought before stays."""
    with transaction():
        run = _locked(run_id, RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED, RunState.RUNNING)
        _set(run, state=RunState.FAILED, reason=reason[:1000], finished_at=at)
    return run


def note_file_removed(*, run_id: str, at: datetime) -> None:
    """Note that the file of a run is not kept any more; its report is."""
    ImportRun.objects.filter(pk=run_id).update(file_removed_at=at)


def keep_brought(lines: Sequence[BroughtFact], *, run: ImportRun, agreement: Agreement) -> None:
    """Keep which lines were about an agreement, inside the caller's transaction."""
    insert_rows([BroughtLine(run=run, agreement=agreement, **asdict(line)) for line in lines])


def note_undone(*, run: ImportRun, agreement_id: str, by: Actor, at: datetime) -> None:
    """Note that what lines brought to an agreement was taken back, inside the caller's transaction."""
    BroughtLine.objects.filter(run=run, agreement_id=agreement_id).update(undone_at=at)
    workspace_id = run.program.workspace_id
    data = {"agreement": agreement_id}
    audit(by=by, at=at, action="import.undone", subject=run.id, workspace_id=workspace_id, data=data)


def note_checked_again(*, run_id: str, figures: Mapping[str, Any]) -> ImportRun:
    """Replace what the dry run found by what another one found."""
    with transaction():
        run = _locked(run_id, RunState.CHECKED)
        _set(run, figures=dict(figures))
    return run


def keep_validations(decisions: Sequence[Validation], *, run: ImportRun) -> None:
    """Keep the decisions that somebody confirmed, inside the caller's transaction."""
    insert_rows([ValidationLine(run=run, **asdict(decision)) for decision in decisions])


def note_validated(*, line: ValidationLine, outcome: str, at: datetime) -> None:
    """Keep what became of a decision, inside the transaction that carried it out."""
    line.outcome, line.done_at = outcome[:500], at
    line.save(update_fields=("outcome", "done_at"))


def keep_pieces(pieces: Sequence[Piece], *, program_id: str, kind: str, at: datetime) -> None:
    """Keep returned pieces inside the caller's transaction; of two tellings the larger quantity stands."""
    told = {(piece.number, piece.product, piece.price): piece for piece in pieces}
    known = {
        (row.number, row.product, row.price): row
        for row in ReturnedPiece.objects.select_for_update().filter(
            program_id=program_id, number__in={piece.number for piece in pieces}
        )
    }
    insert_rows(
        [_piece(piece, program_id=program_id, kind=kind, at=at) for key, piece in told.items() if key not in known]
    )
    for key in told.keys() & known.keys():
        _learn(known[key], told[key])


def keep_parts(parts: Sequence[ToldPart]) -> None:
    """Keep which orders pieces belong to now, inside the caller's transaction."""
    for part in parts:
        values = {"quantity": part.quantity, "amount_minor": part.amount_minor, "told": part.told}
        ReturnedPart.objects.update_or_create(piece_id=part.piece_id, conversion_id=part.conversion_id, defaults=values)


def _learn(row: ReturnedPiece, told: Piece) -> None:
    more = told.quantity > row.quantity
    earlier = from_ms(told.at_ms) < row.occurred_at
    learned = bool(told.customer and not row.customer_key)
    if more:
        row.quantity, row.amount_minor = told.quantity, told.amount_minor
    if earlier:
        row.occurred_at = from_ms(told.at_ms)
    if learned:
        row.customer_key = told.customer
    if more or earlier or learned:
        row.save(update_fields=("quantity", "amount_minor", "occurred_at", "customer_key"))


def _piece(piece: Piece, *, program_id: str, kind: str, at: datetime) -> ReturnedPiece:
    return ReturnedPiece(
        id=new_id("rtp", at=at),
        program_id=program_id,
        number=piece.number,
        customer_key=piece.customer,
        product=piece.product,
        price=piece.price,
        kind=kind,
        quantity=piece.quantity.quantize(Decimal("0.0001")),
        amount_minor=piece.amount_minor,
        occurred_at=from_ms(piece.at_ms),
        told_at=at,
    )


def _locked(run_id: str, *states: RunState) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run_id)
    if run.state not in states:
        raise RunMovedOn(run.get_state_display().lower())
    return run


def _set(run: ImportRun, **values: object) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=tuple(values))


def _audit(run: ImportRun, action: str, *, by: Actor, at: datetime) -> None:
    data = {"file": run.file_name, "digest": run.digest, "subject": run.subject}
    audit(by=by, at=at, action=action, subject=run.id, workspace_id=run.program.workspace_id, data=data)
