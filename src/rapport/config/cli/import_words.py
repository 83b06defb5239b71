"""What `rapport import` says: how a file is read, what it would bring or brought, and how far it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rapport.config.cli.terminal import err, say
from rapport.config.errors import Stop

if TYPE_CHECKING:
    from rapport.apps.imports.models import ImportRun
    from rapport.apps.imports.reading.layout import Layout

FIGURES = (
    *("lines", "accepted", "merged", "settled", "refused", "waiting", "orders", "corrections", "returns"),
    *("codes", "old_links", "own_rates"),
)


def tell_columns(described: str, layout: "Layout") -> None:
    """Say how the file is read."""
    say(described)
    for meaning, name in layout.columns.items():
        say(f"  {meaning.value:<10} {name}")


def tell_run(run: "ImportRun") -> None:
    """Say what a file would bring, or brought; raises `Stop` for one that was refused."""
    from rapport.domain.money import Money, format_amount  # noqa: PLC0415 - Django is awake only when this is called
    from rapport.flows.importing.files import report_path  # noqa: PLC0415 - Django is awake only when this is called

    if run.state == "failed":
        raise Stop(run.reason)
    figures = run.figures
    say("Imported:" if run.state == "done" else "The file would bring:")
    for name in FIGURES:
        if name in figures:
            say(f"  {name.replace('_', ' '):<12} {figures[name]}")
    for verdict, sums in figures.get("sums", {}).items():
        money = Money(sums["minor"], run.program.currency)
        say(f"  {verdict:<12} {sums['number']} orders, commissions {format_amount(money)} {money.currency}")
    if figures.get("balances_minor"):
        balances = Money(figures["balances_minor"], run.program.currency)
        say(f"  {'balances':<12} {format_amount(balances)} {balances.currency}")
    for one in figures.get("doubles", ()):
        what = "is merged with" if one["merged"] else "may be the same partner as"
        say(f"  line {one['line']} ({one['mail']}) {what} {one['other']}: same {one['by']}")
    if "total_minor" in figures:
        total = Money(figures["total_minor"], run.program.currency)
        say(f"  {'total':<12} {format_amount(total)} {total.currency}")
    if figures["refused"] or figures["waiting"] or figures.get("settled"):
        say(f"Every refused and waiting line with its reason: {report_path(run)}")


def fields_of(refusal: object) -> list[str]:
    """Return what a refusal says about single fields."""
    return [f"{name}: {sentence}" for name, sentence in getattr(refusal, "fields", {}).items()]


@contextmanager
def bar(words: str) -> Iterator[Callable[[int], None]]:
    """Show how far something is."""
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done: bar.update(task, completed=done)
