"""The link book: what the edge must know of links, programs and keys, published by tracking, read without a server.

A change is one transaction in the current book: LMDB shows it to readers at their next snapshot and a killed
publisher leaves the book as it was, so a change costs the same with ten links and with a million; copying the book for
every change would cost its whole length. A whole publication builds and checks a new book aside and switches a pointer.
The book holds signing keys and webhook secrets: folder and files are readable by their owner only.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import lmdb
import msgspec

from rapport.wire import book_store
from rapport.wire.aliases import Alias
from rapport.wire.book_entries import Keys, LinkEntry, ProgramEntry
from rapport.wire.book_reader import DOMAIN, KEYS, LINK, PROGRAM, TOKEN, VERSION, Reader, alias_row
from rapport.wire.book_store import BookDamaged

__all__ = ["BookDamaged", "Keys", "LinkEntry", "ProgramEntry", "Reader", "publish"]

_encode = msgspec.msgpack.Encoder().encode
_decode_program = msgspec.msgpack.Decoder(ProgramEntry).decode


def publish(  # noqa: PLR0913 - the kinds of entries
    folder: Path,
    *,
    programs: Iterable[ProgramEntry] = (),
    links: Iterable[LinkEntry] = (),
    aliases: Iterable[Alias] = (),
    keys: Keys | None = None,
    full: bool = False,
    removed: Iterable[str] = (),
) -> int:
    """Publish entries and return the book's new version; it is on the disk and visible when this returns.

    With `full` the entries are the whole book and all others are gone; else they are added or replaced and the links
    with the `removed` codes taken out, as is an alias that leads to no code. Without a book, the first publication
    makes one, and links in the order of their codes make it a third smaller. `keys` may stay away when they have not
    changed.

    Raises:
        ValueError: the first or a full publication came without keys, or the keys without the one that signs.
        BookDamaged: the current book is damaged; publish in full.
    """
    if keys is not None and keys.current not in keys.by_number():
        raise ValueError("the key that signs click ids is not among the keys")
    with book_store.publishing(folder):
        name = book_store.current_name(folder)
        if full or name is None:
            return _publish_whole(folder, programs=programs, links=links, aliases=aliases, keys=keys)
        with book_store.opened(folder / name) as environment:
            environment.reader_check()  # the snapshot of a killed edge would let the file grow for ever
            with environment.begin(write=True) as transaction:
                for code in removed:
                    transaction.delete(LINK + code.encode())
                version = _write(transaction, programs=programs, links=links, aliases=aliases, keys=keys)
            book_store.pad(environment, folder / name)
            return version


def _publish_whole(
    folder: Path,
    *,
    programs: Iterable[ProgramEntry],
    links: Iterable[LinkEntry],
    aliases: Iterable[Alias],
    keys: Keys | None,
) -> int:
    if keys is None:
        raise ValueError("a whole link book needs the click-id keys")
    with book_store.new_book(folder) as environment, environment.begin(write=True) as transaction:
        return _write(transaction, programs=programs, links=links, aliases=aliases, keys=keys)


def _write(
    transaction: lmdb.Transaction,
    *,
    programs: Iterable[ProgramEntry],
    links: Iterable[LinkEntry],
    aliases: Iterable[Alias],
    keys: Keys | None,
) -> int:
    """Put the entries and count the version up."""
    for alias in aliases:
        row = alias_row(alias.place, alias.text)
        if alias.code:
            transaction.put(row, _encode(alias.code))
        else:
            transaction.delete(row)
    for row, value in _rows(programs, links, keys):
        if row.startswith(PROGRAM):
            _forget_former(transaction, row)
        _put(transaction, row, value)
    version = int(transaction.get(VERSION) or b"0") + 1
    transaction.put(VERSION, b"%d" % version)
    return version


def _rows(
    programs: Iterable[ProgramEntry], links: Iterable[LinkEntry], keys: Keys | None
) -> Iterator[tuple[bytes, bytes]]:
    if keys is not None:
        yield KEYS, _encode(keys)
    for link in links:
        yield LINK + link.code.encode(), _encode(link)
    for program in programs:
        yield PROGRAM + program.program_id.encode(), _encode(program)
        for token_hash in program.token_hashes:
            yield TOKEN + token_hash.encode(), _encode(program.program_id)
        for domain in program.domains:
            yield DOMAIN + domain.encode(), _encode(program.program_id)


def _put(transaction: lmdb.Transaction, row: bytes, value: bytes) -> None:
    """Put a row; those that come in order fill their pages whole, which saves a third of a large book."""
    if not transaction.put(row, value, append=True):
        transaction.put(row, value)


def _forget_former(transaction: lmdb.Transaction, row: bytes) -> None:
    """Take the tokens and domains of a program's former entry out, so that a withdrawn one opens nothing."""
    former = transaction.get(row)
    if former is None:
        return
    program = _decode_program(former)
    for token_hash in program.token_hashes:
        transaction.delete(TOKEN + token_hash.encode())
    for domain in program.domains:
        # Another program may have proven the name by now, and been written before this one.
        if transaction.get(DOMAIN + domain.encode()) == _encode(program.program_id):
            transaction.delete(DOMAIN + domain.encode())
