"""Sealed cells: a row carries what nobody can read, and opens it for whoever asks with the keys at hand."""

from pathlib import Path

import pytest
from django.db import models
from django.test.utils import isolate_apps
from pytest_django import Settings

from rapport.apps.record.errors import Unreadable
from rapport.apps.record.vault import SealedField, open_cell, seal_cell, sealed_columns, sealed_for, vault
from rapport.config.secret_files import add_vault_key, make_once
from rapport.kit.vault import new_key

IBAN = "DE89370400440532013000"


@isolate_apps()
def drawer_class() -> type[models.Model]:
    """A table with a sealed cell; none is needed in the database to fill and read it."""

    class Drawer(models.Model):
        id = models.CharField(primary_key=True, max_length=8)
        label = models.TextField()
        number = SealedField()

        class Meta:
            app_label = "tests"

        def __str__(self) -> str:
            return self.label

    return Drawer


Drawer = drawer_class()


@pytest.fixture
def keys(tmp_path: Path, settings: Settings) -> Path:
    """The keys in a file, as an installation keeps them."""
    settings.VAULT_KEYS, settings.VAULT_KEYS_FILE = "", tmp_path / "vault_keys"
    make_once(tmp_path / "vault_keys", f"{new_key()}\n")
    return tmp_path / "vault_keys"


def filled(pk: str = "one") -> models.Model:
    row = Drawer(pk=pk)
    seal_cell(row, "number", IBAN)
    return row


def test_a_cell_holds_what_nobody_can_read_and_opens_when_asked(keys: Path) -> None:
    row = filled()
    assert str(vars(row)["number"]).startswith("sealed.")
    assert IBAN not in str(vars(row))
    assert open_cell(row, "number") == IBAN


def test_an_empty_cell_stays_empty(keys: Path) -> None:
    row = Drawer(pk="one")
    seal_cell(row, "number", "")
    assert (vars(row)["number"], open_cell(row, "number")) == ("", "")


def test_a_cell_that_was_copied_from_another_row_does_not_open(keys: Path) -> None:
    row = Drawer(pk="other", number=vars(filled())["number"])
    with pytest.raises(Unreadable, match="moved it here"):
        open_cell(row, "number")


def test_a_row_needs_its_key_first(keys: Path) -> None:
    with pytest.raises(AssertionError, match="needs its key"):
        sealed_for(Drawer(pk=None), "number", IBAN)


def test_a_new_key_is_used_at_once_and_the_old_one_opens(keys: Path) -> None:
    before = filled()
    assert add_vault_key(keys).number == 2
    after = filled()
    assert [key.number for key in vault().keys] == [1, 2]
    assert [vault().is_newest(vars(row)["number"]) for row in (before, after)] == [False, True]
    assert open_cell(before, "number") == open_cell(after, "number") == IBAN
    assert keys.stat().st_mode & 0o077 == 0


def test_without_its_key_a_cell_says_what_to_do(keys: Path) -> None:
    row = filled()
    keys.unlink()
    with pytest.raises(Unreadable, match="Bring back secrets/vault_keys"):
        open_cell(row, "number")
    make_once(keys, f"{new_key()}\n")
    with pytest.raises(Unreadable, match="not the key 1"):
        open_cell(row, "number")


def test_a_setting_gives_the_keys_too(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_KEYS, settings.VAULT_KEYS_FILE = str(new_key()), tmp_path / "none"
    assert open_cell(filled(), "number") == IBAN


def test_a_table_knows_which_of_its_columns_are_sealed() -> None:
    assert sealed_columns(Drawer) == ["number"]
