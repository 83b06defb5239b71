"""Settings: where they are found, which are refused, and the data folder that follows from them."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from rapport.config.env import (
    Environment,
    Origin,
    environment,
    origins,
    prepare_data_folder,
    secret_key,
    unknown_variables,
    variable,
    vault_file,
)
from rapport.kit.vault import new_key, read_keys


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own, and no other setting."""
    for name in Environment.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("RAPPORT_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def write_file(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "config.toml").write_text(text)


def test_without_settings_everything_lies_in_one_folder_on_this_machine(folder: Path) -> None:
    chosen = Environment()
    assert chosen.data == folder
    assert (chosen.web_address, chosen.edge_address) == ("http://localhost:8100", "http://localhost:8101")
    assert not chosen.is_https
    assert set(origins().values()) == {Origin.DEFAULT, Origin.ENVIRONMENT}


def test_a_variable_wins_over_the_file_and_the_file_over_the_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(folder, 'public_url = "https://partners.example.com/"\nweb_threads = 9\nallowed_hosts = ["a.example"]\n')
    monkeypatch.setenv("RAPPORT_WEB_THREADS", "2")
    chosen = Environment()
    assert (chosen.web_threads, chosen.web_address) == (2, "https://partners.example.com")
    assert (chosen.is_https, chosen.allowed_hosts) == (True, ("a.example",))
    found = origins()
    assert (found["web_threads"], found["public_url"], found["port"]) == (
        Origin.ENVIRONMENT,
        Origin.FILE,
        Origin.DEFAULT,
    )


def test_lists_are_separated_by_commas_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16,")
    assert Environment().trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "high"),
        ("port", "8101"),
        ("public_url", "partners.example.com"),
        ("public_url", "https://example.com/partners"),
        ("public_url", "https://"),
        ("secret_key", "short"),
        ("worker_threads", "1"),
        ("log_level", "CHATTY"),
        ("vault_keys", "1:short"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(name), value)
    with pytest.raises(ValidationError):
        Environment()


def test_a_misspelt_name_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_PUBLIC_ADDRESS", "https://example.com")
    assert "RAPPORT_PUBLIC_ADDRESS" in unknown_variables()
    assert "RAPPORT_DATA" not in unknown_variables()
    write_file(folder, 'public_address = "https://example.com"')
    with pytest.raises(ValidationError, match="public_address"):
        Environment()


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    environment.cache_clear()
    first = environment()
    monkeypatch.setenv("RAPPORT_WEB_THREADS", "7")
    assert environment() is first
    environment.cache_clear()


def test_the_data_folder_and_its_key_are_for_this_user_alone(folder: Path) -> None:
    prepare_data_folder(Environment())
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700
    made = sorted((folder / "secrets").iterdir())
    assert [path.name for path in made] == ["secret_key", "vault_keys"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_the_key_is_made_once_and_stays(folder: Path) -> None:
    unprepared = secret_key(Environment())
    prepare_data_folder(Environment())
    made = secret_key(Environment())
    prepare_data_folder(Environment())
    assert secret_key(Environment()) == made != unprepared
    assert (folder / "secrets" / "secret_key").read_text() == made


def test_a_given_key_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "k" * 40)
    assert secret_key(Environment()) == "k" * 40
    assert "kkk" not in repr(Environment())


def test_processes_that_start_together_agree_on_one_key() -> None:
    program = "from rapport.config.env import *; e = environment(); prepare_data_folder(e); print(secret_key(e))"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in started}) == 1


def test_given_vault_keys_are_used_and_no_file_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = str(new_key())
    monkeypatch.setenv("RAPPORT_VAULT_KEYS", given)
    prepare_data_folder(Environment())
    assert [path.name for path in (folder / "secrets").iterdir()] == ["secret_key"]
    assert given not in repr(Environment())
    monkeypatch.setenv("RAPPORT_VAULT_KEYS", "")
    assert Environment().vault_keys is None


def test_keys_that_are_added_together_are_all_kept(folder: Path) -> None:
    prepare_data_folder(Environment())
    file = vault_file(Environment())
    program = f"from rapport.config.secret_files import *; add_vault_key(Path({str(file)!r}))"
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [process.wait() for process in started] == [0] * 4
    assert [key.number for key in read_keys(file.read_text())] == [1, 2, 3, 4, 5]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
