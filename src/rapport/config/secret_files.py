"""Secrets that an installation makes for itself and keeps in `secrets/`, readable by its user alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.kit.vault import VaultKey, new_key, read_keys


def make_once(path: Path, text: str) -> None:
    """Write a secret whole or not at all: two processes that start together must end up with the same one."""
    if path.exists():
        return
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def add_vault_key(path: Path) -> VaultKey:
    """Write a newer key under those there are, and return it; whoever reads meanwhile finds the old list or the new."""
    with _one_at_a_time(path.parent):
        keys = read_keys(path.read_text())
        keys.append(new_key(keys))
        _draft(path, "".join(f"{key}\n" for key in keys)).replace(path)
        return keys[-1]


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # what a lost key sealed is lost
    return draft


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
