"""`rapport rates`: what currencies were worth, from a file, from the bank itself, or by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import complain, out, say
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.apps.rates.actions import Kept

app = typer.Typer(
    help="Exchange rates: take in a file of the European Central Bank, fetch its list, enter one by hand, show them.",
    no_args_is_help=True,
)

FileName = Annotated[Path, typer.Argument(help="XML, CSV or zip as the bank offers it.", exists=True, dir_okay=False)]
Workspace = Annotated[str, typer.Option("--workspace", help="Id of a workspace; without it, all that have programs.")]
Trust = Annotated[bool, typer.Option("--trust", help="Take jumps of more than 10 % without asking a person.")]
Currency = Annotated[str, typer.Argument(help="Three letters, such as USD.")]
RateText = Annotated[str, typer.Argument(help="What one of the first is worth in the second, such as 0.9231.")]
Day = Annotated[
    datetime | None,
    typer.Option("--day", formats=["%Y-%m-%d"], help="The day of the rate.  [default: today]", show_default=False),
]
_BY = "command-line"


@app.callback()
def rates(data: DataFolder = None) -> None:
    """Exchange rates: from a file, from the bank, by hand."""
    choose(data=data)
    load_django()


@app.command("import")
def take(file: FileName, workspace: Workspace = "", *, trust: Trust = False) -> None:
    """Take in a file of the European Central Bank: daily or 90-day XML, or the history as CSV or zip."""
    # Django is awake only now.
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above
    from rapport.flows.rates.taking import take_file  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    chosen = _workspaces(workspace)
    try:
        kept = take_file(file.read_bytes(), workspace_ids=chosen, by=Actor.system(_BY), at=now(), trusted=trust)
    except Refusal as refusal:
        raise Stop(refusal.sentence) from refusal
    _tell(kept)


@app.command()
def fetch() -> None:
    """Fetch the bank's list of the last 90 days now, as it is done every night where that is switched on."""
    # Django is awake only now.
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above
    from rapport.flows.rates.taking import fetch_rates  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    try:
        kept = fetch_rates(by=Actor.system(_BY), at=now())
    except Refusal as refusal:
        raise Stop(refusal.sentence) from refusal
    _tell(kept)


@app.command("set")
def enter(base: Currency, quote: Currency, rate: RateText, workspace: Workspace = "", day: Day = None) -> None:
    """Enter a rate by hand: one of BASE was worth RATE of QUOTE."""
    # Django is awake only now.
    from rapport.apps.rates.actions import Kept  # noqa: PLC0415 - see above
    from rapport.apps.rates.inputs import RateInput  # noqa: PLC0415 - see above
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above
    from rapport.apps.record.inputs import read_input  # noqa: PLC0415 - see above
    from rapport.flows.rates.taking import set_rate  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    told = {"base": base, "quote": quote, "rate": rate, "day": (day or datetime.now(tz=UTC)).date()}
    kept = Kept()
    try:
        given = read_input(RateInput, told)
        for chosen in _workspaces(workspace):
            kept += set_rate(given, workspace_id=chosen, by=Actor.system(_BY), at=now())
    except Refusal as refusal:
        raise Stop("\n  ".join((refusal.sentence, *refusal.fields.values()))) from refusal
    _tell(kept)


@app.command("list")
def show(workspace: Workspace = "") -> None:
    """Show the latest rate of every pair of currencies, its source and its age."""
    # Django is awake only now.
    from rapport.apps.rates.queries import known_rates  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    table = Table("workspace", "one", "is worth", "of", "day", "source", "age in days", box=None, pad_edge=False)
    for chosen in _workspaces(workspace):
        for one in known_rates(chosen, today=now().date()):
            row = one.row
            table.add_row(chosen, row.base, row.rate, row.quote, f"{row.day}", row.source, str(one.age_days))
    out.print(table)


def _tell(kept: "Kept") -> None:
    say(f"{kept.new} rates kept, {kept.known} known before.")
    if kept.doubtful:
        complain(f"{kept.doubtful} lie more than 10 % from the last good one: see Settings, Exchange rates.")


def _workspaces(name: str) -> list[str]:
    from rapport.flows.rates.taking import workspaces  # noqa: PLC0415 - Django is awake only now

    found = [one for one in workspaces() if name in {"", one}]
    if not found:
        raise Stop("There is no such workspace with programs." if name else "There is no program yet.")
    return found
