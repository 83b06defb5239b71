"""`rapport import`: bring a merchant's files in from the command line; a dry run goes before."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapport.config.cli.import_words import bar, fields_of, tell_columns, tell_run
from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import say
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.apps.imports.models import ImportRun
    from rapport.apps.imports.reading.layout import Layout
    from rapport.apps.programs.models import Program

app = typer.Typer(
    help="Bring orders, partners, whose customers and codes these are, or decisions in from a file.",
    no_args_is_help=True,
)

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


@app.command()
def partners(  # noqa: PLR0913 - the options of a command
    file: File,
    program: ProgramName = "",
    profile: ProfileName = "",
    choice: Choices = None,
    data: DataFolder = None,
    *,
    dry_run: DryRun = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what this file brought.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Undo: end the agreements of who accepted, too.")] = "",
) -> None:
    """Bring partners along: name, mail, own rate, codes, old links, opening balance, payout method; invite them."""
    choose(data=data)
    load_django()
    if undo:
        _undo(file, program, reason)
        return
    _bring(file, Asked("partners", program, profile, tuple(choice or ()), dry_run))


@app.command()
def validations(
    file: File,
    program: ProgramName = "",
    profile: ProfileName = "",
    choice: Choices = None,
    data: DataFolder = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Approve, decline or correct orders by their numbers; what is decided already stays so."""
    choose(data=data)
    load_django()
    _bring(file, Asked("validations", program, profile, tuple(choice or ()), dry_run))


def _undo(file: Path, program_name: str, reason: str) -> None:
    from rapport.apps.imports.queries import finished_runs  # noqa: PLC0415 - see _bring
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see _bring
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see _bring
    from rapport.flows.importing.files import digest_of_file  # noqa: PLC0415 - see _bring
    from rapport.flows.importing.partners.undoing import undo_import  # noqa: PLC0415 - see _bring
    from rapport.kit.clock import now  # noqa: PLC0415 - see _bring

    runs = list(finished_runs(_program(program_name).id, subject="partners", digest=digest_of_file(file)))
    if not runs:
        raise Stop("This file was not imported, or is not the file any more that was.")
    by = Actor.system("command-line")
    try:
        undone = [undo_import(run=run, by=by, at=now(), reason=reason) for run in runs]
    except Refusal as refusal:
        raise Stop(refusal.sentence) from refusal
    say(f"Taken back: {sum(one.agreements for one in undone)} partners.")
    for stays in (stays for one in undone for stays in one.stays):
        say(f"  {stays.agreement.partner.name} stays: {stays.sentence}")


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
            tell_run(_carried_out(begun))
            return
        checked = _checked(file, program, asked)
        tell_run(checked)
        if asked.subject == "validations" and not checked.figures["accepted"]:
            say("No line leaves anything to do.")
        elif not asked.dry_run and checked.state == "checked":
            say("")
            tell_run(_carried_out(checked))
    except Refusal as refusal:
        raise Stop("\n  ".join((refusal.sentence, *fields_of(refusal)))) from refusal


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
    tell_columns(look.described, layout)
    prepare(run, layout, profile=asked.profile, by=by, at=now())
    with bar("Checking") as progress:
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
        elif name in {"shipping_products", "merged_by"}:
            document = {**document, name: [one.strip() for one in value.split(",") if one.strip()]}
        elif name in {"together", "apart"}:
            document = {**document, name: [int(one) for one in value.split(",") if one.strip().isdecimal()]}
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
    if run.subject != "validations":
        start_import(run_id=run.id, by=by, at=now())
    with bar("Importing") as progress:
        return carry_out(run.id, by=by, at=now(), progress=progress)
