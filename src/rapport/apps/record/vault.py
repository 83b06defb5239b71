"""Cells that the database holds sealed: rows carry the sealed text; the plain one is there only where one asks."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Model

from rapport.apps.record.errors import Unreadable
from rapport.kit.vault import Vault, VaultError, read_keys


class SealedField(models.TextField[str, str]):
    """A text that is sealed for its row and column; `seal_cell` fills it, `open_cell` reads it. An empty text stays."""


def vault() -> Vault:
    """Return the vault with the keys as they stand now: a key that was just made is used at once, by every process."""
    if settings.VAULT_KEYS:
        return _vault_of(settings.VAULT_KEYS)
    try:
        stamp = settings.VAULT_KEYS_FILE.stat()
    except FileNotFoundError:
        return Vault(())
    return _vault_in(settings.VAULT_KEYS_FILE, stamp.st_mtime_ns, stamp.st_ino)


def seal_cell(row: Model, name: str, plain: str) -> None:
    """Put a text, sealed, into a cell of a row that has its key; the caller saves the row."""
    setattr(row, name, sealed_for(row, name, plain))


def sealed_for(row: Model, name: str, plain: str) -> str:
    """Return a text sealed for one cell."""
    return vault().seal_text(plain, context=_context(row, name)) if plain else ""


def open_cell(row: Model, name: str) -> str:
    """Return the plain text of a cell; raises `Unreadable` where it cannot be opened."""
    sealed: str = getattr(row, name)
    if not sealed:
        return ""
    try:
        return vault().open_text(sealed, context=_context(row, name))
    except VaultError as error:
        raise Unreadable(str(error)) from error


def sealed_columns(model: type[Model]) -> list[str]:
    """Return the names of the columns of a table that are sealed."""
    return [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def _context(row: Model, name: str) -> str:
    """Return what binds a cell to its place: a sealed text that is copied elsewhere does not open there."""
    if row.pk is None:
        raise AssertionError("a row needs its key before a cell of it is sealed")
    return f"{row._meta.model_name}:{row.pk}:{name}"


@lru_cache(maxsize=4)
def _vault_of(keys: str) -> Vault:
    return Vault(read_keys(keys))


@lru_cache(maxsize=4)
def _vault_in(path: Path, _changed_ns: int, _inode: int) -> Vault:
    return Vault(read_keys(path.read_text()))
