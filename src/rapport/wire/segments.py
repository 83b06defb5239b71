"""The files of the journal: how a segment is opened, written, sealed and, after a crash, recovered.

A writer fills `<writer>-<n>.open` and holds a lock on it for as long as it lives; a segment without its lock has lost
its writer. Sealing renames it to `<number>-<writer>-<n>.ndjson`. The numbers are drawn under one lock of the folder,
so segments appear in the order of their numbers, whatever the machine's clock does and however many writers there are:
a consumer that has taken number N finds everything newer behind N.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rapport.wire import lines

OPEN = ".open"
SEALED = ".ndjson"

_LOCK = "seal.lock"
_NUMBER_DIGITS = 12
_FILE_MODE = 0o600  # visitors' addresses are nobody else's business
_FOLDER_MODE = 0o700


class JournalFailing(Exception):
    """The disk did not take what was appended; `kept` whole lines of it are in the journal all the same."""

    def __init__(self, sentence: str, *, kept: int = 0) -> None:
        super().__init__(sentence)
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Recovered:
    """A segment of a dead writer, sealed in its stead; `dropped_bytes` were a last line cut short."""

    path: Path
    dropped_bytes: int


class OpenSegment:
    """One file that one writer appends to. `append` and `sync` may run in different threads."""

    def __init__(self, folder: Path, name: str) -> None:
        self.size = 0
        self._folder = folder
        self._path = folder / f"{name}{OPEN}"
        self._fd = _open_locked(self._path)
        self._synced: int | None = None  # nothing yet, not even the name
        self._torn = False

    def append(self, line: bytes) -> None:
        """Write whole lines; they survive the death of this process from here on, the loss of power only after `sync`.

        Raises:
            JournalFailing: the disk refused, as when it is full.
        """
        # A line that was refused half way stays as a piece that fails its checksum; the next one starts afresh.
        remaining = whole = b"\n" + line if self._torn else line
        try:
            while remaining:
                remaining = remaining[os.write(self._fd, remaining) :]
        except OSError as error:
            written = whole[: len(whole) - len(remaining)]
            if written:
                self._torn = not written.endswith(b"\n")
                self.size += len(written)
            kept = max(0, written.count(b"\n") - (len(whole) - len(line)))
            raise JournalFailing(f"the journal could not be written: {error.strerror}", kept=kept) from error
        self._torn = False
        self.size += len(whole)

    def sync(self) -> None:
        """Return when everything appended before the call is on the disk.

        Raises:
            JournalFailing: the disk could not promise it.
        """
        size = self.size
        if self._synced == size:
            return
        try:
            os.fdatasync(self._fd)
            if self._synced is None:
                _sync_folder(self._folder)  # a file is found again only once its folder knows the name
        except OSError as error:
            raise JournalFailing(f"the journal could not be synced: {error.strerror}") from error
        self._synced = size

    def seal(self) -> Path:
        """Sync, give the segment its number and let the consumers have it.

        Raises:
            JournalFailing: the disk refused; the segment stays open and may be sealed later.
        """
        self.sync()
        try:
            path = _publish(self._path)
        except OSError as error:
            raise JournalFailing(f"a segment could not be sealed: {error.strerror}") from error
        os.close(self._fd)
        return path


def make_folder(folder: Path) -> None:
    """Create the journal's folder, closed to other people of the machine, and let the disk keep its name."""
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def sealed_segments(folder: Path) -> list[Path]:
    """Return the sealed segments in the order in which they were sealed; a later call only adds behind the last."""
    if not folder.is_dir():
        return []
    # Syncing first keeps a consumer from counting a name that a loss of power could still take back.
    with _folder_lock(folder):
        _sync_folder(folder)
        return sorted(folder.glob(f"*{SEALED}"))


def newest_number(folder: Path) -> int:
    """Return the number of the segment that was sealed last, 0 before the first: whether to look, not what to read."""
    try:
        with os.scandir(folder) as entries:
            last = max((entry.name for entry in entries if entry.name.endswith(SEALED)), default="0")
    except FileNotFoundError:
        return 0
    return int(last[:_NUMBER_DIGITS])


def recover(folder: Path) -> list[Recovered]:
    """Seal the segments that dead writers left open, without the torn end of their last line; safe to run anywhere."""
    if not folder.is_dir():
        return []
    found = [_recover_one(path) for path in sorted(folder.glob(f"*{OPEN}"))]
    return [recovered for recovered in found if recovered is not None]


def _open_locked(path: Path) -> int:
    """Create the file and lock it before its name can tempt `recover`."""
    new = path.with_suffix(".new")
    fd = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, _FILE_MODE)
    fcntl.flock(fd, fcntl.LOCK_EX)
    new.rename(path)
    return fd


def _recover_one(path: Path) -> Recovered | None:
    with suppress(FileNotFoundError), path.open("r+b") as file:
        if not _take_over(file.fileno(), path):
            return None
        content = file.read()
        kept = _end_of_last_good_line(content)
        file.truncate(kept)
        os.fsync(file.fileno())
        if not kept:
            path.unlink()
            return None
        return Recovered(_publish(path), len(content) - kept)
    return None


def _take_over(fd: int, path: Path) -> bool:
    """Lock a segment; say no if its writer lives, or if somebody else sealed it while we were looking."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.path.samestat(os.fstat(fd), path.stat())


def _end_of_last_good_line(content: bytes) -> int:
    end = len(content)
    while end:
        start = content.rfind(b"\n", 0, end - 1) + 1
        if lines.unwrap(content[start:end]) is not None:
            return end
        end = start
    return 0


def _publish(path: Path) -> Path:
    folder = path.parent
    with _folder_lock(folder) as lock:
        sealed = folder / f"{_next_number(lock, folder):0{_NUMBER_DIGITS}}-{path.stem}{SEALED}"
        path.rename(sealed)
        _sync_folder(folder)
    return sealed


def _next_number(lock: int, folder: Path) -> int:
    """Draw a number above every one ever drawn; the lock's file remembers the last."""
    remembered = int(os.pread(lock, _NUMBER_DIGITS, 0) or b"0")
    present = max((int(path.name[:_NUMBER_DIGITS]) for path in folder.glob(f"*{SEALED}")), default=0)
    number = max(remembered, present) + 1
    os.pwrite(lock, b"%0*d" % (_NUMBER_DIGITS, number), 0)
    os.fsync(lock)
    return number


@contextmanager
def _folder_lock(folder: Path) -> Iterator[int]:
    fd = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, _FILE_MODE)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
