"""`rapport replay`: try draft terms on the past, and print what they would have paid."""

import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column, Table

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import err, out, say
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.apps.programs.models import Program
    from rapport.domain.terms import Terms
    from rapport.flows.replaying.asked import Asked
    from rapport.flows.replaying.result import Replayed

ProgramName = Annotated[str, typer.Option("--program", help="Id or short name; not needed for the only program.")]
TermsFile = Annotated[
    Path | None,
    typer.Option("--terms", help="A YAML file of terms.", exists=True, dir_okay=False, show_default=False),
]
OfDraft = Annotated[bool, typer.Option("--draft", help="Try the program's draft, as it is kept.")]
FirstDay = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day.  [default: 365 days ago]", show_default=False),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Last day, included.  [default: yesterday]", show_default=False),
]
PartnerNames = Annotated[
    list[str] | None,
    typer.Option("--partner", help="Only this partner: agreement id or name. May be given often.", show_default=False),
]
OwnToo = Annotated[bool, typer.Option("--own-too", help="Replace terms of one partner's own as well.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print one table as CSV.")]
_SHOWN = 20


class By(StrEnum):
    """Which table is printed."""

    PARTNERS = "partners"
    PRODUCTS = "products"
    MONTHS = "months"
    CALENDAR = "calendar"
    ORDERS = "orders"


_NARROW = {By.PARTNERS: (0, 2, 3, 4, 5, 9, 10), By.PRODUCTS: (0, 1, 2, 3, 4, 8, 9), By.MONTHS: (0, 1, 2, 3, 4, 8, 9)}
"""The columns of a table that find room in a terminal; files have all of them."""


def replay(  # noqa: PLR0913 - the options of a command
    program: ProgramName = "",
    terms: TermsFile = None,
    first: FirstDay = None,
    last: LastDay = None,
    partner: PartnerNames = None,
    data: DataFolder = None,
    *,
    by: Annotated[By, typer.Option("--by", help="The table that is printed.")] = By.PARTNERS,
    draft: OfDraft = False,
    own_too: OwnToo = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Pay the past again by other terms: per partner, product and month, what was paid and what would be."""
    if bool(terms) == draft:
        raise Stop("Say which terms: --terms FILE.yaml, or --draft for the program's own.")
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.flows.replaying.asked import Asked, last_year  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    found = _program(program)
    first_on, last_on = last_year(found, at=now())
    asked = Asked(
        found,
        _terms(found, terms),
        first.date() if first else first_on,
        last.date() if last else last_on,
        _partners(found, partner or []),
        own_too,
    )
    if asked.last_on < asked.first_on:
        raise Stop("The last day lies before the first.")
    _print(_run(asked), by=by, as_json=as_json, as_csv=as_csv)


def _run(asked: "Asked") -> "Replayed":
    from rapport.flows.replaying.running import orders_asked_for, replay  # noqa: PLC0415 - Django is awake
    from rapport.kit.clock import now  # noqa: PLC0415 - Django is awake

    with Progress(TextColumn("Replaying"), BarColumn(), TaskProgressColumn(), console=err, transient=True) as bar:
        task = bar.add_task("", total=orders_asked_for(asked))
        return replay(asked, at=now(), tell=lambda done: bar.update(task, completed=done))


def _print(answer: "Replayed", *, by: By, as_json: bool, as_csv: bool) -> None:
    from rapport.doors.ui.replays import csv_of  # noqa: PLC0415 - Django is awake
    from rapport.flows.replaying.tables import plain, table_of  # noqa: PLC0415 - Django is awake
    from rapport.flows.replaying.telling import partner_names, told_answer  # noqa: PLC0415 - Django is awake

    names = partner_names(answer.program_id)
    if as_json:
        sys.stdout.write(json.dumps(told_answer(answer, names), ensure_ascii=False) + "\n")
        return
    if as_csv:
        # The same file as on the page: nothing in it is a formula to a spreadsheet.
        sys.stdout.write(csv_of(answer, by, names=names, file_name="replay").content.decode("utf-8-sig"))
        return
    table = table_of(answer, by, names=names)
    rows = [[str(plain(cell)) for cell in row] for row in table.rows]
    places = _NARROW.get(by, tuple(range(len(table.head))))
    columns = [Column(table.head[place], justify="right" if place else "left", no_wrap=not place) for place in places]
    shown = Table(*columns, box=None, pad_edge=False)
    for row in rows[:_SHOWN]:
        shown.add_row(*(row[place] for place in places))
    out.print(shown)
    _summarise(answer, more=len(rows) - _SHOWN)


def _summarise(answer: "Replayed", *, more: int) -> None:
    from rapport.domain.money import Money, format_amount  # noqa: PLC0415 - Django is awake

    def amount(minor: int) -> str:
        return f"{format_amount(Money(minor, answer.currency))} {answer.currency}"

    if more > 0:
        say(f"… and {more} more rows; --csv prints all of them.")
    totals, hands = answer.totals, answer.hands
    say(f"\nPaid then {amount(totals.then_minor)}, by these terms {amount(totals.now_minor)}.")
    say(f"{len(answer.winners)} partners get more, {len(answer.losers)} less; {totals.orders} orders pay.")
    if answer.unlike_books:
        say(f"{answer.unlike_books} orders are booked otherwise than promised: {amount(totals.engine_minor)}.")
    if hands.moved or hands.gained or hands.lost:
        say(f"Orders in other hands: {hands.moved} moved, {hands.gained} gained, {hands.lost} lost.")
    if answer.proof.fell_back:
        say(" ".join(answer.proof.fell_back))


def _program(name: str) -> "Program":
    from rapport.apps.programs.queries import all_programs  # noqa: PLC0415 - Django is awake

    found = [row for row in all_programs() if name in {"", row.id, row.slug}]
    if len(found) != 1:
        names = ", ".join(row.slug for row in all_programs())
        raise Stop(f"Say for which program with --program: {names or 'there is none yet'}.")
    return found[0]


def _terms(program: "Program", file: Path | None) -> "Terms":
    from rapport.domain.terms import Problems, parse  # noqa: PLC0415 - Django is awake
    from rapport.doors.console.program.yaml_text import NotYaml, read_yaml  # noqa: PLC0415 - Django is awake

    if file is None:
        terms = parse(program.draft.document, currency=program.currency)
        if isinstance(terms, Problems):
            raise Stop("\n  ".join(("The draft cannot be read:", *(one.sentence for one in terms))))
        return terms
    try:
        written = read_yaml(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as problem:
        raise Stop(f"{file} is not UTF-8 text.") from problem
    if isinstance(written, NotYaml):
        raise Stop(f"{file}:{written.line}: {written.sentence}")
    terms = parse(written.document, currency=program.currency)
    if isinstance(terms, Problems):
        lines = [f"{file}:{written.line_of(one.path)}: {one.path}: {one.sentence}" for one in terms]
        raise Stop("\n  ".join(("These terms cannot be used:", *lines)))
    return terms


def _partners(program: "Program", wanted: list[str]) -> tuple[str, ...]:
    from rapport.flows.replaying.telling import partner_names  # noqa: PLC0415 - Django is awake

    names = partner_names(program.id)
    found = []
    for one in wanted:
        keys = [key for key, name in names.items() if one in {key, name}]
        if len(keys) != 1:
            raise Stop(f"{'Several partners are' if keys else 'No partner is'} called {one}.")
        found += keys
    return tuple(dict.fromkeys(found))
