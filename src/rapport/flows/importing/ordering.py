"""Order what a person asks for on the import pages: keep the upload, let the worker check it and take it in."""

from collections.abc import Iterable, Sequence
from csv import reader
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from rapport.apps.imports.actions import begin_import, start_import
from rapport.apps.imports.models import ImportRun, Subject
from rapport.apps.imports.queries import profiles_of, run_of
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.flows.importing.checking import prepare
from rapport.flows.importing.files import forget_upload, keep_upload, look_into, report_path
from rapport.flows.importing.tasks import carry_out_import, check_import
from rapport.flows.importing.validations.running import confirm_validations


@dataclass(frozen=True, slots=True)
class Reported:
    """A line of a report: its number, the order it belongs to, what became of it, why."""

    line: str
    order: str
    fate: str
    reason: str


def bring_upload(
    chunks: Iterable[bytes], *, program_id: str, subject: str, name: str, by: Actor, at: datetime
) -> ImportRun:
    """Keep an uploaded file if it can be read at all; raises `Unreadable` and keeps nothing otherwise."""
    file = keep_upload(chunks, name=name)
    try:
        with transaction():
            run = run_of(begin_import(program_id=program_id, subject=subject, file=file, by=by, at=at).id)
            look_into(run)
    except Refusal:
        forget_upload(file)
        raise
    return run


def order_check(run: ImportRun, layout: Layout, *, profile: str, by: Actor, at: datetime) -> ImportRun:
    """Choose how the file is read and let the worker check it."""
    with transaction():
        chosen = prepare(run, layout, profile=profile, by=by, at=at)
        check_import.enqueue(run_id=run.id)
    return chosen


def order_import(run: ImportRun, *, by: Actor, at: datetime) -> ImportRun:
    """Let the worker take in what was checked; decisions about orders are intended, so that they can be withdrawn."""
    if run.subject == Subject.VALIDATIONS:
        confirm_validations(run=run, by=by, at=at)
        return run_of(run.id)
    with transaction():
        started = start_import(run_id=run.id, by=by, at=at)
        carry_out_import.enqueue(run_id=run.id)
    return started


def judge_double(run: ImportRun, *, line: int, together: bool, by: Actor, at: datetime) -> ImportRun:
    """Say of a probable double whether it is the partner that is there already, and check the file anew."""
    layout = Layout.of(run.layout)
    others = {"together": set(layout.together) - {line}, "apart": set(layout.apart) - {line}}
    others["together" if together else "apart"].add(line)
    chosen = replace(layout, **{name: tuple(sorted(lines)) for name, lines in others.items()})  # type: ignore[arg-type]  # two fields of numbers
    return order_check(run, chosen, profile="", by=by, at=at)


def layout_of(run: ImportRun, guess: Layout, *, profile: str = "") -> Layout:
    """Return what was chosen for a run, else what the profile says, else the guess."""
    if profile:
        kept = profiles_of(run.program_id, subject=run.subject).filter(name=profile).first()
        if kept:
            return Layout.of(kept.layout)
    return Layout.of(run.layout) if run.layout else guess


def first_reported(run: ImportRun, *, most: int) -> Sequence[Reported]:
    """Return the first lines of a run's report; none when there is no report yet."""
    path = report_path(run)
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [Reported(*cells) for cells in islice(reader(file), 1, most + 1)]
