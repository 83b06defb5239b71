"""`rapport payouts`: what finance does on its pages, typed, by a named person with that person's rights."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import err, out, say
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.config.paydesk import Desk, Rows

app = typer.Typer(
    help="Pay partners: prepare a run, approve it as a second person, make the bank's file, note what became of it.",
    no_args_is_help=True,
)

Person = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="Who does this: the address that the person signs in with.")
]
ProgramName = Annotated[
    str, typer.Option("--program", help="Id or short name; not needed where the person sees one only.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Verdicts = Annotated[
    str,
    typer.Option("--verdict", help="Only those who are eligible, held, below_threshold, no_method or carried."),
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Id of a payout run: run_…", show_default=False)]
PayoutId = Annotated[str, typer.Argument(metavar="PAYOUT", help="Id of a payout: pay_…", show_default=False)]
Why = Annotated[str, typer.Argument(metavar="REASON", help="Why; your team reads it.", show_default=False)]


@app.command()
def due(
    person: Person,
    program: ProgramName = "",
    verdict: Verdicts = "",
    data: DataFolder = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show what a run would pay now, and why everybody else is not paid."""
    with _desk(person, program, data) as desk:
        _print(desk.due(verdict), as_json=as_json)


@app.command()
def runs(person: Person, program: ProgramName = "", data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """List the payout runs of a program, newest first."""
    with _desk(person, program, data) as desk:
        _print(desk.runs(), as_json=as_json)


@app.command()
def prepare(
    person: Person,
    program: ProgramName = "",
    pay_on: Annotated[
        datetime | None,
        typer.Option(
            "--on", formats=["%Y-%m-%d"], help="Day to pay on.  [default: the next payday]", show_default=False
        ),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Open a run and look at every partner; one that was interrupted goes on where it stopped."""
    with _desk(person, program, data) as desk, err.status("Looking at every partner"):
        run_id = desk.prepare(pay_on.date() if pay_on else None)
    say(f"{run_id} is ready for a second person.")
    _print(desk.groups(run_id), as_json=False)


@app.command()
def show(
    run: RunId,
    person: Person,
    program: ProgramName = "",
    verdict: Verdicts = "eligible",
    data: DataFolder = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one run: its sums, its files, and its rows of one verdict."""
    with _desk(person, program, data) as desk:
        told = desk.show(run, verdict)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for rows in told.values():
        _print(rows, as_json=False)


@app.command()
def approve(
    run: RunId,
    total: Annotated[str, typer.Argument(metavar="TOTAL", help="Its total, such as 1240.50.", show_default=False)],
    person: Person,
    also: Annotated[
        list[str] | None, typer.Option("--also", help="What it sends in another currency, such as '108.34 USD'.")
    ] = None,
    program: ProgramName = "",
    data: DataFolder = None,
) -> None:
    """Approve a run as its second person, who is asked for the password."""
    with _desk(person, program, data) as desk:
        desk.prove(typer.prompt(f"Password of {person}", hide_input=True, err=True))
        desk.approve(run, total, also or ())
    say("Approved. Make the file and give it to your bank.")


@app.command()
def abandon(run: RunId, reason: Why, person: Person, program: ProgramName = "", data: DataFolder = None) -> None:
    """Abandon a draft; everything it reserved is payable again."""
    with _desk(person, program, data) as desk:
        desk.abandon(run, reason)
    say("Abandoned. Everything in it is payable again.")


@app.command("file")
def make_file(  # noqa: PLR0913, PLR0917 - a command has as many arguments as options
    run: RunId,
    way: Annotated[
        str, typer.Argument(metavar="WAY", help="iban, ach, paypal, wise, bank or manual.", show_default=False)
    ],
    person: Person,
    program: ProgramName = "",
    wanted: Annotated[str, typer.Option("--format", help="Another format that this way offers, such as csv.")] = "",
    to: Annotated[Path, typer.Option("--to", help="Folder to write into.", file_okay=False, exists=True)] = Path(),
    data: DataFolder = None,
) -> None:
    """Write the files of one way of paying, readable by you alone; what stands in them is noted as sent."""
    with _desk(person, program, data) as desk:
        files = desk.make_files(run, way, wanted)
    for made in files:
        say(f"{made.write(to)}: {made.count} payouts, SHA-256 {made.digest}")
    if not files:
        say("The worker sends it now.")


@app.command()
def answer(
    run: RunId,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="What the bank sent.", exists=True, dir_okay=False),
    ],
    person: Person,
    program: ProgramName = "",
    data: DataFolder = None,
) -> None:
    """Read what the bank answered; the same file again changes nothing. Exit code 1 if a line cannot be used."""
    with _desk(person, program, data) as desk:
        moved, refused = desk.answer(run, file.read_bytes())
    say(f"{moved} payouts noted.")
    if refused:
        raise Stop("\n  ".join((f"{len(refused)} lines cannot be used:", *refused)))


@app.command()
def settle(
    payout: PayoutId,
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="What the bank calls it.", show_default=False)],
    person: Person,
    program: ProgramName = "",
    data: DataFolder = None,
) -> None:
    """Note that a payout arrived."""
    _note(payout, "settled", reference, person, program, data)


@app.command()
def fail(payout: PayoutId, reason: Why, person: Person, program: ProgramName = "", data: DataFolder = None) -> None:
    """Note that a payout failed: the money never left, and is payable again."""
    _note(payout, "failed", reason, person, program, data)


@app.command("return")
def come_back(
    payout: PayoutId, reason: Why, person: Person, program: ProgramName = "", data: DataFolder = None
) -> None:
    """Note that a payout came back; its money is payable again."""
    _note(payout, "returned", reason, person, program, data)


@app.command()
def unknown(payout: PayoutId, reason: Why, person: Person, program: ProgramName = "", data: DataFolder = None) -> None:
    """Note that nobody knows yet what became of a payout; it is never sent again by itself."""
    _note(payout, "unknown", reason, person, program, data)


@app.command()
def cancel(payout: PayoutId, reason: Why, person: Person, program: ProgramName = "", data: DataFolder = None) -> None:
    """Take a payout out of its run before it is sent; the money is payable again."""
    with _desk(person, program, data) as desk:
        desk.cancel(payout, reason)
    say("Taken out. The money is payable again.")


def _note(payout: str, outcome: str, words: str, person: str, program: str, data: Path | None) -> None:
    with _desk(person, program, data) as desk:
        say(desk.note(payout, outcome, words))


@contextmanager
def _desk(person: str, program: str, data: Path | None) -> Iterator["Desk"]:
    """Let a person act on a program; a refusal ends the command with its sentence."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above
    from rapport.config.paydesk import open_desk  # noqa: PLC0415 - see above

    try:
        yield open_desk(person, program)
    except Refusal as refusal:
        raise Stop(" ".join(dict.fromkeys((refusal.sentence, *refusal.fields.values())))) from refusal


def _print(rows: "Rows", *, as_json: bool) -> None:
    """Print rows as a table, or as the JSON that it is made of."""
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        say("Nothing.")
        return
    columns = [Column(name.replace("_", " "), justify="right" if name in _FIGURES else "left") for name in rows[0]]
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row.values()))
    out.print(table)


_FIGURES = {"payable", "threshold", "amount", "total", "payouts", "partners"}
