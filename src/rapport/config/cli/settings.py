"""`rapport config`: what is set, to what, and where it was found; and whether it can work."""

from pathlib import Path
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr
from rich.table import Column, Table

from rapport.config.cli.options import DataFolder, load_django, read
from rapport.config.cli.terminal import complain, out, say
from rapport.config.env import Environment, config_file, origins, unknown_variables
from rapport.config.errors import Stop

app = typer.Typer(
    help="Show every setting, its value and where it was found; secrets are hidden.", invoke_without_command=True
)

HIDDEN = "•••••••• (set)"


@app.callback()
def show(context: typer.Context, data: DataFolder = None) -> None:
    """Show every setting, its value and where it was found; secrets are hidden."""
    if context.invoked_subcommand:
        return
    chosen = read(data=data)
    found = origins()
    table = Table("setting", Column("value", overflow="fold"), "found in", "meaning", box=None, pad_edge=False)
    for name, setting in Environment.model_fields.items():
        table.add_row(name, _shown(name, chosen), found[name], setting.description)
    out.print(table)
    say(f"\nFile: {config_file()}{'' if config_file().is_file() else ' (does not exist)'}")


@app.command()
def check(data: DataFolder = None) -> None:
    """Check that the settings can work: the names, the folder, the database, the addresses."""
    chosen = read(data=data)
    problems = [*_slips(), *_folder_problems(chosen.data), *_exposed(chosen), *_database_problems()]
    for problem in problems:
        complain(problem)
    if problems:
        raise Stop(f"{len(problems)} of the settings need attention.")
    say("The settings are in order.")


def _shown(name: str, chosen: Environment) -> str:
    value = getattr(chosen, name)
    if name == "database_url" and isinstance(value, SecretStr):
        return _without_password(value.get_secret_value())
    if isinstance(value, SecretStr):
        return HIDDEN
    if value is None or value == "":
        return _when_absent(name, chosen)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _when_absent(name: str, chosen: Environment) -> str:
    """Say what holds while a setting is not given."""
    return {
        "database_url": f"sqlite:///{chosen.data / 'rapport.sqlite3'}",
        "secret_key": "made by Rapport, in secrets/",
        "vault_keys": "made by Rapport, in secrets/",
        "public_url": chosen.web_address,
        "edge_url": chosen.edge_address,
        "smtp_url": "outbox page",
        "backup_folder": str(chosen.backups),
        "mail_dkim_selector": "the usual names",
        "dns_server": "the machine's own",
        "mail_bounces": "the sender",
        "mail_bounces_url": "none",
        "paypal_sandbox_url": "PayPal's own",
        "demo_until": "yesterday",
    }[name]


def _without_password(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":••••@") if password else url


def _slips() -> list[str]:
    return [
        f"{name} is not a setting of Rapport; see `rapport config` for their names." for name in unknown_variables()
    ]


def _folder_problems(data: Path) -> list[str]:
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    probe = nearest / ".rapport-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError as problem:
        return [f"The data folder {data} cannot be written: {problem.strerror}."]
    return []


def _exposed(chosen: Environment) -> list[str]:
    """Return what would be dangerous on an address that others reach."""
    is_private = urlsplit(chosen.web_address).hostname in {"localhost", "127.0.0.1", "::1"}
    problems = []
    if not is_private and not chosen.is_https:
        problems.append("public_url should start with https://: passwords would cross the network in the open.")
    if not is_private and chosen.debug:
        problems.append("debug must be off at an address that others reach: error pages show secrets.")
    if chosen.is_https and not chosen.trusted_proxies:
        problems.append(
            "public_url is https, so a proxy stands in front: name its address in trusted_proxies, "
            "else every visitor seems to come from it."
        )
    return problems


def _database_problems() -> list[str]:
    load_django()
    # Django is awake only now.
    from django.db import DatabaseError, connection  # noqa: PLC0415 - see above

    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return []  # made at the first start
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        return [f"The database cannot be reached: {str(problem).strip()}"]
    finally:
        connection.close()
    return []
