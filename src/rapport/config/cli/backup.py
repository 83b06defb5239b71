"""`rapport backup` and `rapport restore`: a copy of everything, and its way back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from rapport.config.cli.options import DataFolder, choose, load_django, read
from rapport.config.cli.terminal import complain, err, out, say
from rapport.config.errors import Stop
from rapport.config.installation import locked
from rapport.kit.clock import now

app = typer.Typer(
    help="Take a backup now, while everything runs; list those that are kept, or check one.",
    invoke_without_command=True,
)

File = Annotated[Path, typer.Argument(help="The archive that `rapport backup` made.", show_default=False)]
Folder = Annotated[
    Path | None, typer.Option("--to", file_okay=False, help="Folder that takes the archive.", show_default=False)
]
Keep = Annotated[int | None, typer.Option("--keep", min=1, help="How many are kept there.", show_default=False)]


@app.callback()
def take(context: typer.Context, data: DataFolder = None, *, to: Folder = None, keep: Keep = None) -> None:
    """Take a backup now, while everything runs; list those that are kept, or check one."""
    choose(data=data)
    if context.invoked_subcommand:
        return
    load_django()
    # Django is awake only now.
    from django.conf import settings  # noqa: PLC0415 - see above

    from rapport.flows.backup.stillness import AlreadyRuns  # noqa: PLC0415 - see above
    from rapport.flows.backup.taking import NotEnoughRoom, take_backup  # noqa: PLC0415 - see above

    try:
        with err.status("Taking a backup"):
            kept = take_backup(at=now(), folder=to.absolute() if to else None, keep=keep)
    except (AlreadyRuns, NotEnoughRoom, OSError) as problem:
        raise Stop(f"The backup could not be taken: {problem}") from problem
    for name in settings.SECRETS_IN_VARIABLES:
        complain(f"{name} is set by a variable and not in the archive: keep it elsewhere, or the archive is of no use.")
    say(f"{kept.path}\n{kept.size / 1_000_000:,.1f} MB, read back and found whole.")


@app.command("list")
def list_() -> None:
    """List the backups that are kept, newest first."""
    # The list is wanted of the folder, without Django.
    from rapport.flows.backup.keeping import backups  # noqa: PLC0415 - see above

    table = Table("taken (UTC)", Column("MB", justify="right"), "file", box=None, pad_edge=False)
    for kept in backups(read(data=None).backups):
        table.add_row(f"{kept.made_at:%Y-%m-%d %H:%M:%S}", f"{kept.size / 1_000_000:,.1f}", str(kept.path))
    out.print(table)


@app.command()
def check(file: File) -> None:
    """Read an archive whole and hold every file in it to its SHA-256."""
    # Only commands about archives need this.
    from rapport.flows.backup.archive import BadArchive, unpack  # noqa: PLC0415 - see above

    try:
        manifest = unpack(file)
    except BadArchive as problem:
        raise Stop(f"{file} is of no use. {problem}") from problem
    origin = f"Rapport {manifest.program}, {manifest.engine}"
    say(f"{len(manifest.members)} files of {manifest.made_at[:19]} UTC, {origin}: whole.")


def restore(file: File, data: DataFolder = None) -> None:
    """Bring a backup back into an empty data folder and an empty database, then look at everything."""
    chosen = read(data=data)
    # Django is awake later, with the settings that the archive brings.
    from rapport.config.restoring import bring_back  # noqa: PLC0415 - see above

    chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(chosen.data):
        manifest = bring_back(file, data=chosen.data)
    for name in manifest.missing:
        complain(f"{name} was set by a variable and is not in the archive: set it again.")
    say(f"Brought back as it was on {manifest.made_at[:19]} UTC. `rapport doctor` looks at everything.")
