"""Files that merchants bring, written to a folder and imported by the real use-cases."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rapport.apps.imports.actions import begin_import, start_import
from rapport.apps.imports.models import ImportRun
from rapport.apps.imports.queries import run_of
from rapport.apps.imports.reading.columns import Meaning
from rapport.apps.programs.models import Program
from rapport.flows.importing.carrying import carry_out
from rapport.flows.importing.checking import check, prepare
from rapport.flows.importing.files import look_into, lying_file, report_path
from tests.make.identity import NOON, STORY


def write_csv(path: Path, rows: Sequence[Sequence[object]], *, separator: str = ",") -> Path:
    """Write a file as simple as can be: no cell holds a separator or a quotation mark."""
    path.write_text("".join(separator.join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def begin(program: Program, path: Path, *, subject: str = "orders", **choices: object) -> ImportRun:
    """Bring a file and choose how it is read: as guessed, but for the choices given."""
    run = begin_import(program_id=program.id, subject=subject, file=lying_file(path), by=STORY, at=NOON)
    run = run_of(run.id)
    columns = choices.pop("columns", None)
    layout = replace(look_into(run).guess, **choices)  # type: ignore[arg-type]  # fields of a layout
    if isinstance(columns, Mapping):
        layout = replace(layout, columns={Meaning(meaning): name for meaning, name in columns.items()})
    return prepare(run, layout, by=STORY, at=NOON)


def bring(program: Program, path: Path, *, subject: str = "orders", **choices: object) -> ImportRun:
    """Bring a file, check it and take it in."""
    run = begin(program, path, subject=subject, **choices)
    checked = check(run.id, at=NOON)
    start_import(run_id=checked.id, by=STORY, at=NOON)
    return carry_out(run.id, by=STORY, at=NOON)


def report_of(run: ImportRun) -> list[list[str]]:
    """Return the report of a run without its head: line, order, what became of it, why."""
    text = report_path(run).read_text(encoding="utf-8-sig")
    return [line.split(",", 3) for line in text.splitlines()[1:]]
