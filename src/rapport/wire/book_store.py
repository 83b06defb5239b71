"""Where the link book lies on disk: LMDB folders, one of them current by a pointer file, none opened unchecked.

A truncated LMDB file kills the process that reads it, so a folder is opened only after its size was checked, and a
whole new book is built beside the old one and switched to when it is complete. A process may open an LMDB folder only
once at a time; readers and publishers of one process therefore share it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import lmdb

_POINTER = "current"
_PUBLISHER_LOCK = "publish.lock"
_PREFIX = "book-"
_LONGEST_NAME_BYTES = 255
_KEPT_BOOKS = 2  # the current one, and the one before it in case the current one is damaged
_MAP_BYTES = 8 * 2**30  # address space, not memory or disk: room for some ten million links
_SMALLEST_BYTES = 2 * 4096  # two meta pages

_shared: dict[tuple[int, Path], tuple[lmdb.Environment, int]] = {}
_shared_lock = Lock()


class BookDamaged(Exception):
    """A book is shorter than it says it is; opening it would kill the process."""


def current_name(folder: Path) -> str | None:
    """Return the name of the current book, or nothing before the first one."""
    try:
        pointer = os.open(f"{folder}/{_POINTER}", os.O_RDONLY)  # the edge asks several times a second
    except FileNotFoundError:
        return None
    try:
        return os.read(pointer, _LONGEST_NAME_BYTES).decode("ascii").strip() or None
    finally:
        os.close(pointer)


def names(folder: Path) -> list[str]:
    """Return the names of the complete books, newest first."""
    return sorted((path.name for path in folder.glob(f"{_PREFIX}*[0-9]")), reverse=True)


def acquire(path: Path) -> lmdb.Environment:
    """Open the book at `path`, or share it if this process has it open; `release` it afterwards.

    Raises:
        BookDamaged: the file is missing or shorter than its own record of its length.
    """
    slot = (os.getpid(), path.absolute())  # an environment must not be used across a fork
    with _shared_lock:
        if slot not in _shared:
            _shared[slot] = (_open_checked(path), 0)
        environment, users = _shared[slot]
        _shared[slot] = (environment, users + 1)
        return environment


def release(path: Path) -> None:
    """Give an acquired book back; the last one to do so closes it."""
    slot = (os.getpid(), path.absolute())
    with _shared_lock:
        environment, users = _shared.pop(slot)
        if users > 1:
            _shared[slot] = (environment, users - 1)
        else:
            environment.close()


@contextmanager
def opened(path: Path) -> Iterator[lmdb.Environment]:
    """Hold the book at `path` open for a while."""
    environment = acquire(path)
    try:
        yield environment
    finally:
        release(path)


@contextmanager
def publishing(folder: Path) -> Iterator[None]:
    """Let one publisher at a time work in the folder, among threads and processes; made if missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _PUBLISHER_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def new_book(folder: Path) -> Iterator[lmdb.Environment]:
    """Build a new book aside and make it the current one when the block ends well."""
    number = max((int(name.removeprefix(_PREFIX)) for name in names(folder)), default=0) + 1
    name = f"{_PREFIX}{number:08}"
    building = folder / f"{name}.building"
    shutil.rmtree(building, ignore_errors=True)  # left by a publisher that was killed
    building.mkdir(mode=0o700)
    environment = _open(building)
    try:
        yield environment
        pad(environment, building)
    finally:
        environment.close()
    _open_checked(building).close()
    building.rename(folder / name)
    _point_to(folder, name)
    for old in names(folder)[_KEPT_BOOKS:]:
        shutil.rmtree(folder / old)  # a reader that still has it open keeps its pages until it lets go


def pad(environment: lmdb.Environment, path: Path) -> None:
    """Lengthen the file to the length it records: LMDB may leave unused last pages unwritten, which look like a cut."""
    file, recorded = path / "data.mdb", _recorded_bytes(environment)
    if file.stat().st_size < recorded:
        os.truncate(file, recorded)


def _open_checked(path: Path) -> lmdb.Environment:
    file = path / "data.mdb"
    if not file.exists() or file.stat().st_size < _SMALLEST_BYTES:
        raise BookDamaged(f"{path.name} is missing or empty")
    try:
        environment = _open(path)
    except lmdb.Error as error:
        raise BookDamaged(f"{path.name} cannot be opened: {error}") from error
    if file.stat().st_size < _recorded_bytes(environment):
        environment.close()
        raise BookDamaged(f"{path.name} is shorter than it should be")
    return environment


def _open(path: Path) -> lmdb.Environment:
    return lmdb.open(str(path), map_size=_MAP_BYTES, mode=0o600, readahead=False)


def _recorded_bytes(environment: lmdb.Environment) -> int:
    last_page: int = environment.info()["last_pgno"]
    page_bytes: int = environment.stat()["psize"]
    return (last_page + 1) * page_bytes


def _point_to(folder: Path, name: str) -> None:
    """Switch the pointer in one step that a crash cannot halve."""
    new = folder / f"{_POINTER}.new"
    with new.open("w", encoding="ascii") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    new.rename(folder / _POINTER)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
