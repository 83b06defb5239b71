"""Secrets of click ids and postbacks: sealed in their rows, opened to sign, to verify and to publish."""

from base64 import b64decode, b64encode

from rapport.apps.record.vault import open_cell, seal_cell
from rapport.apps.tracking.models import ClickKey, PostbackSecret
from rapport.wire.clickid import Key


def hide(row: ClickKey | PostbackSecret, secret: bytes) -> None:
    """Seal a secret into a row that has its key and is not saved yet."""
    seal_cell(row, "secret", b64encode(secret).decode())


def secret_of(row: ClickKey | PostbackSecret) -> bytes:
    """Return the secret of a row; none for a postback token, which is kept as a digest. Raises `Unreadable`."""
    return b64decode(open_cell(row, "secret"))


def key_of(row: ClickKey) -> Key:
    """Return what signs and verifies click ids."""
    return Key(number=row.number, secret=secret_of(row), revoked=row.revoked_at is not None)
