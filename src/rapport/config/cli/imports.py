"""`rapport import`: bring a merchant's files in from the command line; a dry run goes before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import err, say
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.apps.imports.models import ImportRun
    from rapport.apps.imports.reading.layout import Layout
    from rapport.apps.programs.models import Program

app = typer.Typer(help="Bring orders, or the partners of customers and codes, in from a file.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A CSV or .xlsx file.", exists=True, dir_okay=False, show_default=False)]
ProgramName = Annotated[str, typer.Option("--program", help="Id or short name; not needed for the only program.")]
ProfileName = Annotated[str, typer.Option("--profile", help="Read the file as this profile says; made if it is new.")]
Choices = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A column's meaning or a choice, such as order=InvoiceNo or date_order=month_first. May be given often.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what the file would bring.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed beside the file."""

    subject: str
    program: str
    profile: str
    choices: tuple[str, ...]
    dry_run: bool


@app.command()
def orders(
    file: File,
    program: ProgramName = "",
    profile: ProfileName = "",
    choice: Choices = None,
    data: DataFolder = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Bring orders in: lines become orders, returns find their sales. Safe to repeat and to interrupt."""
    choose(data=data)
    load_django()
    _bring(file, Asked("orders", program, profile, tuple(choice or ()), dry_run))


@app.command()
def bindings(
    file: File,
    program: ProgramName = "",
    profile: ProfileName = "",
    choice: Choices = None,
    data: DataFolder = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Bind customers or codes to partners: columns for customer or code, partner, date."""
    choose(data=data)
    load_django()
    _bring(file, Asked("bindings", program, profile, tuple(choice or ()), dry_run))


def _bring(file: Path, asked: Asked) -> None:
    # Django is awake only now.
    from rapport.apps.imports.queries import unfinished_run  # noqa: PLC0415 - see above
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above
    from rapport.flows.importing.files import digest_of_file  # noqa: PLC0415 - see above

    program = _program(asked.program)
    begun = unfinished_run(program.id, subject=asked.subject, digest=digest_of_file(file))
    try:
        if begun:
            say("This file was begun before; it goes on where it was.")
            _tell(_carried_out(begun))
            return
        checked = _checked(file, program, asked)
        _tell(checked)
        if not asked.dry_run and checked.state == "checked":
            say("")
            _tell(_carried_out(checked))
    except Refusal as refusal:
        raise Stop("\n  ".join((refusal.sentence, *_fields(refusal)))) from refusal


def _program(name: str) -> "Program":
    from rapport.apps.programs.queries import all_programs  # noqa: PLC0415 - see _bring

    found = [row for row in all_programs() if name in {"", row.id, row.slug}]
    if len(found) != 1:
        names = ", ".join(row.slug for row in all_programs())
        raise Stop(f"Say for which program with --program: {names or 'there is none yet'}.")
    return found[0]


def _checked(file: Path, program: "Program", asked: Asked) -> "ImportRun":
    from rapport.apps.imports.actions import begin_import  # noqa: PLC0415 - see _bring
    from rapport.apps.imports.queries import run_of  # noqa: PLC0415 - see _bring
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see _bring
    from rapport.flows.importing.checking import check, prepare  # noqa: PLC0415 - see _bring
    from rapport.flows.importing.files import look_into, lying_file  # noqa: PLC0415 - see _bring
    from rapport.kit.clock import now  # noqa: PLC0415 - see _bring

    by = Actor.system("command-line")
    begun = begin_import(program_id=program.id, subject=asked.subject, file=lying_file(file), by=by, at=now())
    run = run_of(begun.id)
    look = look_into(run)
    layout = _layout(run, look.guess, asked)
    _tell_columns(look.described, layout)
    prepare(run, layout, profile=asked.profile, by=by, at=now())
    with _bar("Checking") as progress:
        return check(run.id, at=now(), progress=progress)


def _layout(run: "ImportRun", guess: "Layout", asked: Asked) -> "Layout":
    """Return the layout of the profile, else the guess, each with the choices that were typed."""
    from rapport.apps.imports.queries import profiles_of  # noqa: PLC0415 - see _bring
    from rapport.apps.imports.reading.columns import Meaning  # noqa: PLC0415 - see _bring
    from rapport.apps.imports.reading.layout import Layout  # noqa: PLC0415 - see _bring

    kept = profiles_of(run.program_id, subject=run.subject).filter(name=asked.profile).first()
    document = kept.layout if kept else guess.document()
    columns = dict(document["columns"])
    for choice in asked.choices:
        name, _equals, value = choice.partition("=")
        if name in set(Meaning):
            columns[name] = value
        elif name == "shipping_products":
            document = {**document, name: [one.strip() for one in value.split(",")]}
        elif name in document and name not in {"subject", "columns"}:
            document = {**document, name: value}
        else:
            raise Stop(f"--set {choice}: “{name}” is neither a column nor a choice; see docs/importing.md.")
    try:
        return Layout.of({**document, "columns": columns})
    except ValueError as problem:
        raise Stop(f"{problem}; see docs/importing.md.") from problem


def _carried_out(run: "ImportRun") -> "ImportRun":
    from rapport.apps.imports.actions import start_import  # noqa: PLC0415 - see _bring
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see _bring
    from rapport.flows.importing.carrying import carry_out  # noqa: PLC0415 - see _bring
    from rapport.kit.clock import now  # noqa: PLC0415 - see _bring

    by = Actor.system("command-line")
    start_import(run_id=run.id, by=by, at=now())
    with _bar("Importing") as progress:
        return carry_out(run.id, by=by, at=now(), progress=progress)


def _tell_columns(described: str, layout: "Layout") -> None:
    say(described)
    for meaning, name in layout.columns.items():
        say(f"  {meaning.value:<10} {name}")


def _tell(run: "ImportRun") -> None:
    from rapport.domain.money import Money, format_amount  # noqa: PLC0415 - see _bring
    from rapport.flows.importing.files import report_path  # noqa: PLC0415 - see _bring

    if run.state == "failed":
        raise Stop(run.reason)
    figures = run.figures
    say("Imported:" if run.state == "done" else "The file would bring:")
    for name in ("lines", "accepted", "refused", "waiting", "orders", "corrections", "returns"):
        if name in figures:
            say(f"  {name:<12} {figures[name]}")
    if "total_minor" in figures:
        total = Money(figures["total_minor"], run.program.currency)
        say(f"  {'total':<12} {format_amount(total)} {total.currency}")
    if figures["refused"] or figures["waiting"]:
        say(f"Every refused and waiting line with its reason: {report_path(run)}")


def _fields(refusal: object) -> list[str]:
    return [f"{name}: {sentence}" for name, sentence in getattr(refusal, "fields", {}).items()]


@contextmanager
def _bar(words: str) -> Iterator[Callable[[int], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done: bar.update(task, completed=done)
