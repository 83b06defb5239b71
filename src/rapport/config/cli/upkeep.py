"""Commands that look after an installation: its tables, its demo program, its health."""

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column, Table

from rapport.config.cli.options import DEMO_FOLDER, DataFolder, Partners, Seed, Until, choose, demo_options, load_django
from rapport.config.cli.terminal import err, out, say
from rapport.config.env import Environment
from rapport.config.errors import Stop
from rapport.config.guardian import is_supervised, watch_supervisor
from rapport.config.installation import locked
from rapport.kit.clock import now

if TYPE_CHECKING:
    from rapport.flows.demo.hints import Loaded

Email = Annotated[str, typer.Argument(help="The mail address that the person signs in with.", show_default=False)]


def migrate(data: DataFolder = None) -> None:
    """Bring the tables of the database up to date."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.config.tables import bring_up_to_date  # noqa: PLC0415 - see above

    applied = bring_up_to_date(console=err)
    say(f"{applied} migrations applied." if applied else "The tables are up to date.")


def demo(data: DataFolder = None, *, partners: Partners = None, until: Until = None, seed: Seed = None) -> None:
    """Load the demo program with its partners, clicks and orders, once; print where to look and its sign-ins."""
    told = demo_options(partners=partners, until=until, seed=seed)
    chosen = choose(data=DEMO_FOLDER if data is None else data, demo=True, **told)
    if chosen.demo_until and chosen.demo_until >= now().date():
        raise Stop("The demo's story ends in the past: give a day before today.")
    # Beside `rapport up`, which holds the folder and waits for the demo, nothing else may write meanwhile.
    with nullcontext() if is_supervised() else locked(chosen.data):
        watch_supervisor()
        load_django()
        _load_demo(chosen)


def _load_demo(chosen: Environment) -> None:
    # Django is awake only now.
    from rapport.config.tables import bring_up_to_date  # noqa: PLC0415 - see above
    from rapport.flows.demo.loading import last_play, load_demo  # noqa: PLC0415 - see above

    bring_up_to_date(console=err)
    play = last_play(seed=chosen.demo_seed, partners=chosen.demo_partners, months=chosen.demo_months)
    play = replace(play, until=chosen.demo_until or play.until)
    with _progress_bar() as bar:
        task = bar.add_task("Demo program", total=None)
        loaded = load_demo(
            play=play,
            progress=lambda done, total, message: bar.update(
                task, completed=done, total=total, description=message or "Demo program"
            ),
        )
    _print_demo(loaded)


def _print_demo(loaded: "Loaded") -> None:
    out.print("[bold]Where to look first[/]")
    for number, place in enumerate(loaded.places, 1):
        say(f"  {number}. {place.title}:\n     {place.text}")
    out.print("\n[bold]Sign in as[/], from this machine only")
    for sign_in in loaded.sign_ins:
        say(f"  {sign_in.who:<32} {sign_in.email}   {sign_in.password}")
    for hint in loaded.hints:
        say(f"\n{hint.title}:\n  {hint.text}")
    say("\nStart your own program, empty, beside this demo:\n  .venv/bin/rapport up --data ./data\n")


def password(email: Email, data: DataFolder = None) -> None:
    """Set the password of somebody who cannot sign in, where no mail server could send a code."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.apps.identity.actions import set_password  # noqa: PLC0415 - see above
    from rapport.apps.identity.queries import person_with_address  # noqa: PLC0415 - see above
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above

    person = person_with_address(email)
    if person is None:
        raise Stop(f"Nobody signs in with {email}.")
    chosen = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    try:
        set_password(person_id=person.id, password=chosen, by=Actor.system("command-line"), at=now())
    except Refusal as refusal:
        raise Stop(refusal.sentence) from refusal
    say(f"{person.email} signs in with the new password; every session has ended.")


def doctor(
    data: DataFolder = None,
    recompute: Annotated[  # noqa: FBT002 - an option of the command line
        bool, typer.Option("--recompute", help="Only compute every commission again from its facts.")
    ] = False,
) -> None:
    """Check the installation and recount the books; ends with exit code 1 if anything is wrong."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.config.health import all_checks  # noqa: PLC0415 - see above
    from rapport.flows.doctor import RECOMPUTED  # noqa: PLC0415 - see above

    table = Table("check", Column("rows", justify="right"), Column("problems", overflow="fold"), box=None)
    problems = 0
    with _progress_bar() as bar:
        task = bar.add_task("Looking", total=None)
        for check in all_checks(
            tell=lambda name, rows: bar.update(task, completed=rows, description=f"{name}: {rows}"),
            only=RECOMPUTED if recompute else None,
        ):
            words = "\n".join(escape(problem) for problem in check.problems)
            table.add_row(check.name, f"{check.rows:,}" if check.rows else "", words or "[green]in order[/]")
            problems += len(check.problems)
    out.print(table)
    if problems:
        raise Stop(f"{problems} problem{'s' if problems > 1 else ''} found.")
    say("Everything is in order.")


def _progress_bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=err)
