"""`rapport tax`: what whoever tells the tax office needs, from the command line."""

import csv
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.apps.programs.models import Program

app = typer.Typer(help="Lists for the tax office.", no_args_is_help=True)

Year = Annotated[int, typer.Argument(help="The year, by the day on which money arrived.", min=2000, max=2999)]
Numbers = Annotated[bool, typer.Option("--numbers", help="Whole tax numbers; that somebody looked is written down.")]
ProgramName = Annotated[str, typer.Option("--program", help="Id or short name; not needed for the only program.")]


@app.callback()
def taxes() -> None:
    """Lists for the tax office."""


@app.command("year-end")
def year_end(year: Year, program: ProgramName = "", *, numbers: Numbers = False, data: DataFolder = None) -> None:
    """Print the payees of a year as CSV: what reached each by each way of paying, beside the threshold."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.flows import year_end as lists  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    told = lists.year_end(_program(program), year=year)
    opened = lists.numbers_opened(told, by=Actor.system("command-line"), at=now()) if numbers else None
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(lists.sheet_head())
    writer.writerows([_safe(cell) for cell in row] for row in lists.sheet_rows(told, numbers=opened))


def _program(name: str) -> "Program":
    from rapport.apps.programs.queries import all_programs  # noqa: PLC0415 - see year_end

    found = [row for row in all_programs() if name in {"", row.id, row.slug}]
    if len(found) != 1:
        names = ", ".join(row.slug for row in all_programs())
        raise Stop(f"Say for which program with --program: {names or 'there is none yet'}.")
    return found[0]


def _safe(cell: str) -> str:
    """Keep a spreadsheet from running a name as a formula; amounts here are never below zero with a letter in them."""
    runs = cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if runs and not cell.lstrip("-").replace(".", "", 1).isdigit() else cell
