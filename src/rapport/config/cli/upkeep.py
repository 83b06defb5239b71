"""Commands that look after an installation: its tables, its demo program, its health."""

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import err, out, say
from rapport.config.errors import Stop
from rapport.config.guardian import watch_supervisor


def migrate(data: DataFolder = None) -> None:
    """Bring the tables of the database up to date."""
    choose(data=data)
    load_django()
    applied = bring_up_to_date()
    say(f"{applied} migrations applied." if applied else "The tables are up to date.")


def bring_up_to_date() -> int:
    """Apply outstanding migrations; return how many there were."""
    # Django is awake only now.
    from django.core.management import call_command  # noqa: PLC0415 - see above
    from django.db import DatabaseError, connection  # noqa: PLC0415 - see above

    from rapport.config.health import outstanding_migrations  # noqa: PLC0415 - see above

    try:
        outstanding = outstanding_migrations()
        if outstanding:
            with err.status(f"Applying {len(outstanding)} migrations"):
                call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as problem:
        raise Stop(f"The database refused: {str(problem).strip()}") from problem
    finally:
        connection.close()
    return len(outstanding)


def demo(data: DataFolder = None) -> None:
    """Load the demo program with its partners, clicks and orders, once; print its sign-ins."""
    choose(data=data, demo=True)
    watch_supervisor()
    load_django()
    bring_up_to_date()
    # Django is awake only now.
    from rapport.flows.demo import load_demo  # noqa: PLC0415 - see above

    with _progress_bar() as bar:
        task = bar.add_task("Demo program", total=None)
        loaded = load_demo(
            progress=lambda done, total, message: bar.update(
                task, completed=done, total=total, description=message or "Demo program"
            )
        )
    for sign_in in loaded.sign_ins:
        say(f"  {sign_in.who:<24} {sign_in.email}   {sign_in.password}")
    for hint in loaded.hints:
        say(f"\n{hint.title}:\n  {hint.text}")


def doctor(data: DataFolder = None) -> None:
    """Check the installation and recount the books; ends with exit code 1 if anything is wrong."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.config.health import all_checks  # noqa: PLC0415 - see above

    problems = 0
    for check in all_checks():
        out.print(f"[{'red' if check.problems else 'green'}]{'✕' if check.problems else '●'}[/] {check.name}")
        for problem in check.problems:
            say(f"    {problem}")
        problems += len(check.problems)
    if problems:
        raise Stop(f"{problems} problem{'s' if problems > 1 else ''} found.")
    say("Everything is in order.")


def _progress_bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=err)
