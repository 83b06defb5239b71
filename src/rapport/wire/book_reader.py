"""Reading the link book: a snapshot of the newest sound book, renewed by the process that uses it."""

from itertools import islice, takewhile
from pathlib import Path
from typing import TypeVar

import lmdb
import msgspec

from rapport.wire import book_store
from rapport.wire.book_entries import Keys, LinkEntry, ProgramEntry

VERSION = b"version"
KEYS = b"keys"
LINK = b"link:"
PROGRAM = b"program:"
TOKEN = b"token:"
ALIAS = b"alias:"
DOMAIN = b"domain:"

_LONGEST_ROW_BYTES = 511  # what LMDB can look for

_T = TypeVar("_T")


def alias_row(place: str, text: str) -> bytes:
    """Return the row of an old address."""
    return ALIAS + f"{place}\n{text}".encode(errors="replace")


_link = msgspec.msgpack.Decoder(LinkEntry)
_program = msgspec.msgpack.Decoder(ProgramEntry)
_name = msgspec.msgpack.Decoder(str)
_keys = msgspec.msgpack.Decoder(Keys)


class Reader:
    """The link book as one process sees it; empty before the first book.

    Open it after forking and use it in one thread. Call `refresh` several times a second: a snapshot shows the book as
    it was when taken, and one held for long lets the file grow.
    """

    def __init__(self, folder: Path) -> None:
        self.version = 0  # 0 is no book
        self.damage: str | None = None  # why the newest book is not the one in use
        self._folder = folder
        self._name: str | None = None
        self._environment: lmdb.Environment | None = None
        self._snapshot: lmdb.Transaction[bytes] | None = None
        self.refresh()

    def refresh(self) -> bool:
        """Take the newest snapshot; say whether anything was published since the last one."""
        before = (self._name, self.version)
        self._follow_pointer()
        if self._snapshot is None or self._environment is None:
            return False
        self._snapshot.abort()
        self._snapshot = self._environment.begin()
        self.version = int(self._snapshot.get(VERSION) or b"0")
        return (self._name, self.version) != before

    def link(self, code: str) -> LinkEntry | None:
        """Return the link of a short code."""
        return self._get(LINK + code.encode(errors="replace"), _link)

    def code_of_alias(self, place: str, text: str) -> str | None:
        """Return the short code that an old address leads to, at a host or in a program."""
        return self._get(alias_row(place, text), _name)

    def program(self, program_id: str) -> ProgramEntry | None:
        """Return a program by its public id."""
        return self._get(PROGRAM + program_id.encode(errors="replace"), _program)

    def program_by_token(self, sha256_hex: str) -> ProgramEntry | None:
        """Return the program that a postback token belongs to, by the hash of the token."""
        program_id = self._get(TOKEN + sha256_hex.encode(), _name)
        return None if program_id is None else self.program(program_id)

    def programs(self, *, most: int) -> list[ProgramEntry]:
        """Return the programs of the book, at most so many."""
        if self._snapshot is None:
            return []
        with self._snapshot.cursor() as cursor:
            cursor.set_range(PROGRAM)
            rows = takewhile(lambda row: row[0].startswith(PROGRAM), cursor)
            return [_program.decode(value) for _, value in islice(rows, most)]

    def sole_program(self) -> ProgramEntry | None:
        """Return the program if the book has exactly one."""
        found = self.programs(most=2)
        return found[0] if len(found) == 1 else None

    def program_of_domain(self, name: str) -> str | None:
        """Return the id of the program that a host name belongs to, if its proof stands."""
        return self._get(DOMAIN + name.encode(errors="replace"), _name)

    def keys(self) -> Keys | None:
        """Return the click-id keys."""
        return self._get(KEYS, _keys)

    def close(self) -> None:
        """Let go of the book; the reader is empty afterwards."""
        if self._snapshot is not None and self._name is not None:
            self._snapshot.abort()
            book_store.release(self._folder / self._name)
        self._snapshot = self._environment = self._name = None
        self.version = 0

    def _get(self, row: bytes, decoder: "msgspec.msgpack.Decoder[_T]") -> _T | None:
        if self._snapshot is None or len(row) > _LONGEST_ROW_BYTES:
            return None
        value = self._snapshot.get(row)
        return None if value is None else decoder.decode(value)

    def _follow_pointer(self) -> None:
        """Change over to the book the pointer names; keep the last good one when that is damaged."""
        newest = book_store.current_name(self._folder)
        if newest is None or newest == self._name:
            return
        self.damage = None
        for name in (newest,) if self._name else (newest, *book_store.names(self._folder)):
            try:
                environment = book_store.acquire(self._folder / name)
            except book_store.BookDamaged as damaged:
                self.damage = self.damage or str(damaged)
            else:
                self.close()
                self._name, self._environment, self._snapshot = name, environment, environment.begin()
                return
