"""Puts the commands together and turns a stop into exit code 1: 0 is done, 1 refused or failed, 2 wrongly called."""

import sys

import typer

from rapport.config.cli import (
    backup,
    imports,
    keys,
    lake,
    mail,
    payouts,
    rates,
    replays,
    roles,
    settings,
    setup,
    shops,
    tax,
    tracking,
    up,
    upgrading,
    upkeep,
)
from rapport.config.cli.options import DataFolder, use_data_folder
from rapport.config.cli.terminal import complain
from rapport.config.errors import Stop

app = typer.Typer(
    name="rapport",
    epilog="Exit codes: 0 done, 1 refused or failed, 2 wrongly called.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def everywhere(data: DataFolder = None) -> None:
    """Affiliate management and partner relations that you host yourself."""
    use_data_folder(data)


app.command()(up.up)
app.command()(up.prepare)
app.command()(roles.web)
app.command()(roles.edge)
app.command()(roles.worker)
app.command()(setup.setup)
app.command()(upkeep.migrate)
app.command()(upgrading.upgrade)
app.add_typer(backup.app, name="backup")
app.command()(backup.restore)
app.command()(upkeep.demo)
app.add_typer(settings.app, name="config")
app.add_typer(imports.app, name="import")
app.add_typer(shops.app, name="shops")
app.add_typer(payouts.app, name="payouts")
app.command()(upkeep.password)
app.add_typer(keys.app, name="keys")
app.add_typer(lake.app, name="lake")
app.add_typer(rates.app, name="rates")
app.add_typer(tax.app, name="tax")
app.add_typer(mail.app, name="mail")
app.command()(upkeep.doctor)
app.command()(replays.replay)
app.command()(tracking.alive)
app.command()(tracking.repair)


def main() -> None:
    """Run the command that was typed."""
    try:
        app()
    except Stop as stop:
        complain(str(stop))
        sys.exit(1)
