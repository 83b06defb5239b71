"""The command line: help for everything, one clear sentence for what went wrong, and honest exit codes."""

import re
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from rapport.config.cli.main import app
from tests.config.commands import rapport
from tests.make.identity import PASSWORD, make_person
from tests.support.databases import FreshDatabase

DONE, REFUSED, WRONGLY_CALLED = 0, 1, 2


def test_every_command_and_every_option_says_what_it_is_for() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    own = (
        {
            "up",
            "web",
            "edge",
            "worker",
            "migrate",
            "demo",
            "config",
            "password",
            "import",
            "keys",
            "mail",
            "payouts",
            "doctor",
        }
        | {"alive", "repair", "lake", "replay"}
        | {"backup", "prepare", "rates", "restore", "setup", "shops", "tax", "upgrade"}
    )
    assert set(group.commands) == own
    for name, command in group.commands.items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_without_a_command_the_help_is_shown() -> None:
    shown = rapport()
    assert "migrate" in shown.stdout + shown.stderr
    assert shown.returncode == WRONGLY_CALLED


@pytest.mark.parametrize("arguments", [("dance",), ("web", "--colour"), ("web", "--port", "70000")])
def test_a_wrong_call_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert rapport(*arguments).returncode == WRONGLY_CALLED


def test_settings_are_shown_with_their_origin_and_without_their_secrets(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('mail_from = "hello@shop.example"\n')
    shown = rapport(
        "config",
        RAPPORT_DATA=str(tmp_path),
        RAPPORT_DATABASE_URL="postgresql://ann:s3cret@db.internal/shop",
        RAPPORT_SMTP_URL="smtp://ann:s3cret@mail.example",
        RAPPORT_TRUSTED_PROXIES="10.0.0.1,10.0.0.2",
    )
    assert shown.returncode == DONE
    assert "s3cret" not in shown.stdout
    assert re.search(r"mail_from +hello@shop\.example +config\.toml", shown.stdout)
    assert re.search(r"database_url +postgresql://ann:••••@db\.internal/shop +environment", shown.stdout)
    assert re.search(r"trusted_proxies +10\.0\.0\.1, 10\.0\.0\.2 +environment", shown.stdout)
    assert re.search(r"secret_key +made by Rapport, in secrets/ +default", shown.stdout)
    assert list(tmp_path.iterdir()) == [tmp_path / "config.toml"], "showing settings writes nothing"


def test_the_data_folder_may_be_named_before_or_after_the_command_or_by_a_variable(tmp_path: Path) -> None:
    folder = str(tmp_path / "here")
    for shown in (
        rapport("--data", folder, "config"),
        rapport("config", "--data", folder),
        rapport("config", DATA=folder),
        rapport("config", RAPPORT_DATA=folder),
    ):
        assert re.search(rf"data +{re.escape(folder)} +environment", shown.stdout), shown.stdout


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    refused = rapport("config", RAPPORT_DATA=str(tmp_path), RAPPORT_PUBLIC_URL="partners.example.com")
    assert refused.returncode == REFUSED
    assert "public_url (RAPPORT_PUBLIC_URL): give an address such as https://" in refused.stderr


def test_a_database_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    refused = rapport("migrate", RAPPORT_DATA=str(tmp_path), RAPPORT_DATABASE_URL="mysql://localhost/shop")
    assert refused.returncode == REFUSED
    assert "must start with postgresql:// or sqlite:///" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_data_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = rapport("migrate", RAPPORT_DATA=str(tmp_path / "file" / "data"))
    assert refused.returncode == REFUSED
    assert "cannot be used" in refused.stderr


def test_settings_in_order_pass_the_check(tmp_path: Path) -> None:
    passed = rapport("config", "check", RAPPORT_DATA=str(tmp_path / "new"))
    assert (passed.returncode, passed.stdout.strip()) == (DONE, "The settings are in order.")


def test_settings_that_would_be_dangerous_do_not_pass_the_check(tmp_path: Path) -> None:
    refused = rapport(
        "config",
        "check",
        RAPPORT_DATA=str(tmp_path),
        RAPPORT_PUBLIC_URL="http://partners.example.com",
        RAPPORT_DEBUG="1",
        RAPPORT_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        RAPPORT_PUBLIC_ADDRESS="slip of the pen",
    )
    assert refused.returncode == REFUSED
    for part in ("https://", "debug must be off", "cannot be reached", "RAPPORT_PUBLIC_ADDRESS is not a setting"):
        assert part in refused.stderr
    assert "5 of the settings" not in refused.stderr
    assert "4 of the settings" in refused.stderr


def test_https_without_a_trusted_proxy_is_questioned(tmp_path: Path) -> None:
    refused = rapport("config", "check", RAPPORT_DATA=str(tmp_path), RAPPORT_PUBLIC_URL="https://partners.example.com")
    assert refused.returncode == REFUSED
    assert "trusted_proxies" in refused.stderr


def test_a_database_that_is_away_is_said_in_one_sentence(tmp_path: Path) -> None:
    refused = rapport(
        "migrate", RAPPORT_DATA=str(tmp_path), RAPPORT_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing"
    )
    assert refused.returncode == REFUSED
    assert "The database refused:" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_tables_are_brought_up_to_date_once(tmp_path: Path) -> None:
    first = rapport("migrate", RAPPORT_DATA=str(tmp_path))
    assert re.fullmatch(r"\d+ migrations applied\.\n", first.stdout), first.stderr
    assert rapport("migrate", RAPPORT_DATA=str(tmp_path)).stdout == "The tables are up to date.\n"


def test_a_fresh_database_needs_no_migration(tmp_path: Path, fresh_database: FreshDatabase) -> None:
    done = rapport("migrate", RAPPORT_DATA=str(tmp_path), RAPPORT_DATABASE_URL=fresh_database.url)
    assert done.stdout == "The tables are up to date.\n"


def test_a_lost_password_is_set_from_the_command_line(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    person = make_person(email="ines@shop.example", password=PASSWORD)
    settings = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": fresh_database.url}
    chosen = "quieter green harbours"

    done = rapport("password", "Ines@shop.example", typed=f"{chosen}\n{chosen}\n", **settings)
    person.refresh_from_db()
    assert (done.returncode, person.check_password(chosen)) == (DONE, True), done.stderr

    assert rapport("password", "ines@shop.example", typed="short\nshort\n", **settings).returncode == REFUSED
    assert "Nobody signs in" in rapport("password", "nobody@shop.example", **settings).stderr


def test_keys_are_shown_made_and_revoked(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    settings = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": fresh_database.url}
    assert "Key 1 signs new click ids" in rapport("keys", "rotate", **settings).stdout
    assert "Key 1 is revoked. 0 click ids" in rapport("keys", "revoke", "1", **settings).stdout
    shown = rapport("keys", **settings).stdout.splitlines()
    assert [len(line.split()) for line in shown] == [3, 5, 3]

    missing = rapport("keys", "revoke", "9", **settings)
    assert (missing.returncode, "There is no key 9." in missing.stderr) == (REFUSED, True)


def test_keys_of_the_vault_are_told_by_number_and_rotated(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    settings = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_VAULT_KEYS": ""}
    assert rapport("keys", "vault", **settings).stdout.split()[2:] == ["1", "yes"]
    assert "Key 2 seals from now on." in rapport("keys", "vault", "rotate", **settings).stdout
    assert rapport("keys", "vault", **settings).stdout.split()[2:] == ["1", "opens", "only", "2", "yes"]

    given = settings | {"RAPPORT_VAULT_KEYS": (tmp_path / "secrets" / "vault_keys").read_text()}
    refused = rapport("keys", "vault", "rotate", **given)
    assert (refused.returncode, "stand in RAPPORT_VAULT_KEYS" in refused.stderr) == (REFUSED, True)
