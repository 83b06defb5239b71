"""`rapport keys`: those that sign click ids and those that encrypt at rest; a new one, and one not trusted any more."""

from typing import Annotated

import typer
from rich.table import Table

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import out, say
from rapport.config.errors import Stop

app = typer.Typer(help="Show the keys that sign click ids; make a new one, or revoke one.", invoke_without_command=True)
vault = typer.Typer(
    help="Show the keys that encrypt bank details and secrets at rest; make a new one.", invoke_without_command=True
)
app.add_typer(vault, name="vault")

Number = Annotated[int, typer.Argument(help="The number of the key, as `rapport keys` shows it.", show_default=False)]
_BY = "command-line"


@app.callback()
def show(context: typer.Context, data: DataFolder = None) -> None:
    """Show the keys that sign click ids: since when, and which one was revoked."""
    choose(data=data)
    load_django()
    if context.invoked_subcommand:
        return
    # Django is awake only now.
    from rapport.apps.tracking.queries import keys_in_order  # noqa: PLC0415 - see above

    table = Table("key", "made", "revoked", box=None, pad_edge=False)
    for key in keys_in_order():
        revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
        table.add_row(str(key.number), f"{key.created_at:%Y-%m-%d %H:%M}", revoked)
    out.print(table)


@app.command()
def rotate() -> None:
    """Sign new click ids with a new key; ids signed before keep their worth."""
    # Django is awake only now.
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.tracking.actions import rotate_click_key  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    key = rotate_click_key(by=Actor.system(_BY), at=now())
    say(f"Key {key.number} signs new click ids as soon as the link book is published.")


@app.command()
def revoke(number: Number) -> None:
    """Distrust a key that somebody may have stolen: its ids count only where the lake holds the click itself."""
    # Django is awake only now.
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.tracking.models import ClickKey  # noqa: PLC0415 - see above
    from rapport.flows.distrust import distrust_key  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    try:
        lost = distrust_key(number=number, by=Actor.system(_BY), at=now())
    except ClickKey.DoesNotExist as error:
        raise Stop(f"There is no key {number}. `rapport keys` shows those there are.") from error
    say(f"Key {number} is revoked. {lost} click ids that orders named wait until the lake confirms them.")


@vault.callback()
def show_vault(context: typer.Context) -> None:
    """Show the numbers of the keys that encrypt at rest, never the keys; the newest one seals."""
    if context.invoked_subcommand:
        return
    # Django is awake only now.
    from rapport.apps.record.vault import vault as open_vault  # noqa: PLC0415 - see above

    keys = open_vault().keys
    table = Table("key", "seals", box=None, pad_edge=False)
    for key in keys:
        table.add_row(str(key.number), "yes" if key is keys[-1] else "opens only")
    out.print(table)


@vault.command("rotate")
def rotate_vault() -> None:
    """Encrypt with a new key from now on; what older keys sealed still opens with them."""
    # Django is awake only now.
    from django.conf import settings  # noqa: PLC0415 - see above

    from rapport.apps.record.actions import audit  # noqa: PLC0415 - see above
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.config.secret_files import add_vault_key  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    if settings.VAULT_KEYS:
        raise Stop("The keys stand in RAPPORT_VAULT_KEYS: add one with a larger number there, and start anew.")
    key = add_vault_key(settings.VAULT_KEYS_FILE)
    audit(by=Actor.system(_BY), at=now(), action="vault_key.made", subject=f"vault_key_{key.number}")
    say(f"Key {key.number} seals from now on.")
    say(f"Back up {settings.VAULT_KEYS_FILE}: without it nothing sealed opens again.")
