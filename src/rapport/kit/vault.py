"""A vault: whoever lacks its keys cannot read what it sealed, nor change or move it without being found out."""

import hashlib
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = "sealed."
"""How a sealed text begins, so that one can tell it from a plain one."""

_FORMAT = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12  # random: good for four thousand million values under one key
_TAG_BYTES = 16
# Format, key number, first bytes of the key's digest. The digest tells a key that was made anew from a changed value.
_HEAD = Struct(">BH4s")
_LARGEST_NUMBER = 65_535


class VaultError(Exception):
    """Something sealed cannot be opened, or a key cannot be used."""


class KeyMissing(VaultError):
    """The key that sealed a value is not there."""

    def __init__(self, number: int | None = None) -> None:
        """Say which one, and what to do."""
        which = "no key" if number is None else f"not the key {number} that sealed this"
        super().__init__(
            f"The vault has {which}. Bring back secrets/vault_keys, or RAPPORT_VAULT_KEYS, from the backup."
        )


class SealBroken(VaultError):
    """A sealed value is not what was sealed, or not where it was sealed for."""

    def __init__(self) -> None:
        """Say what that means."""
        super().__init__("This is not as it was sealed: somebody changed it, or moved it here from elsewhere.")


class BadKeys(VaultError):
    """A list of keys cannot be read."""

    def __init__(self) -> None:
        """Say what it looks like."""
        super().__init__("Vault keys are written as number:key, one per line or separated by commas.")


@dataclass(frozen=True, slots=True)
class VaultKey:
    """One key: the larger its number, the newer it is."""

    number: int
    secret: bytes = field(repr=False)

    def __str__(self) -> str:
        """Write it as a line of a list of keys."""
        return f"{self.number}:{urlsafe_b64encode(self.secret).decode()}"

    @property
    def mark(self) -> bytes:
        """Return what tells this key from another of the same number, and nothing of the key."""
        return hashlib.sha256(b"rapport vault key\0" + self.secret).digest()[:4]


class Vault:
    """Seals with the newest key and opens with whichever key sealed.

    `context` says what a value belongs to, such as "payout_method:pym_…:number". It is not kept: whoever opens must
    say the same, so a value that was moved to another row does not open there.
    """

    def __init__(self, keys: Iterable[VaultKey]) -> None:
        """Take the keys in any order."""
        self.keys = sorted(keys, key=lambda key: key.number)
        self._ciphers = {(key.number, key.mark): AESGCM(key.secret) for key in self.keys}

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Return a value sealed for one place; the same value sealed twice looks different."""
        if not self.keys:
            raise KeyMissing
        newest = self.keys[-1]
        head = _HEAD.pack(_FORMAT, newest.number, newest.mark)
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + self._ciphers[newest.number, newest.mark].encrypt(nonce, plain, head + context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed for this place; raises `KeyMissing` or `SealBroken`."""
        if len(sealed) < _HEAD.size + _NONCE_BYTES + _TAG_BYTES:
            raise SealBroken
        head, nonce, rest = _parts(sealed)
        version, number, mark = _HEAD.unpack(head)
        if version != _FORMAT:
            raise SealBroken
        cipher = self._ciphers.get((number, mark))
        if cipher is None:
            raise KeyMissing(number)
        try:
            return cipher.decrypt(nonce, rest, head + context.encode())
        except InvalidTag:
            raise SealBroken from None

    def seal_text(self, plain: str, *, context: str) -> str:
        """Return a text sealed as a text, for a column or a document."""
        return MARK + urlsafe_b64encode(self.seal(plain.encode(), context=context)).decode().rstrip("=")

    def open_text(self, sealed: str, *, context: str) -> str:
        """Return the text that was sealed; raises `KeyMissing` or `SealBroken`."""
        return self.open(_bytes_of(sealed), context=context).decode()

    def is_newest(self, sealed: str) -> bool:
        """Say whether the newest key sealed this text."""
        head = _bytes_of(sealed)[: _HEAD.size]
        return bool(self.keys) and head == _HEAD.pack(_FORMAT, self.keys[-1].number, self.keys[-1].mark)


def new_key(after: Iterable[VaultKey] = ()) -> VaultKey:
    """Return a fresh key, newer than those there are."""
    number = max((key.number for key in after), default=0) + 1
    return VaultKey(number=number, secret=os.urandom(_KEY_BYTES))


def read_keys(text: str) -> list[VaultKey]:
    """Return the keys of a list as `str(key)` writes them; raises `BadKeys`, which repeats nothing of it."""
    keys = [_key(line) for line in re.split(r"[\s,]+", text) if line]
    if not keys or len({key.number for key in keys}) != len(keys):
        raise BadKeys
    return keys


def _key(line: str) -> VaultKey:
    number, _colon, secret = line.partition(":")
    try:
        key = VaultKey(number=int(number), secret=urlsafe_b64decode(secret))
    except ValueError:
        raise BadKeys from None
    if not 0 < key.number <= _LARGEST_NUMBER or len(key.secret) != _KEY_BYTES:
        raise BadKeys
    return key


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    body = _HEAD.size + _NONCE_BYTES
    return sealed[: _HEAD.size], sealed[_HEAD.size : body], sealed[body:]


def _bytes_of(sealed: str) -> bytes:
    text = sealed.removeprefix(MARK)
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        raise SealBroken from None
