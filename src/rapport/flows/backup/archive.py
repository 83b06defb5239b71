"""The archive of a backup: a compressed tar whose last member, the manifest, names every other with its SHA-256."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
# Level 1: the lake is compressed already, and the tables shrink to a fifth in a third of the usual time.
_LEVEL = 1
_BLOCK = 1_048_576


class BadArchive(Exception):
    """A file is no backup of ours, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and which installation it was; `migrations` says how its tables were laid out."""

    made_at: str
    engine: str
    program: str
    migrations: list[list[str]]
    missing: list[str]
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT

    def text(self) -> str:
        """Return it as it stands in the archive."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read a manifest; raises `BadArchive` for anything else."""
        try:
            found: dict[str, Any] = json.loads(text)
            if found["format"] != FORMAT:
                raise BadArchive(f"The archive has format {found['format']}; this version reads {FORMAT}.")
            return cls(**{**found, "members": [Member(**member) for member in found["members"]]})
        except (ValueError, KeyError, TypeError) as problem:
            raise BadArchive("Its manifest cannot be read.") from problem


class Writer:
    """Adds files one by one, counting and digesting what is really written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: list[Member] = []

    def add(self, source: Path, *, path: str) -> None:
        """Add a file as long as it is now: a journal may grow meanwhile; one that is gone by now is left out."""
        try:
            file = source.open("rb")
        except FileNotFoundError:
            return
        with file:
            state = os.fstat(file.fileno())
            info = tarfile.TarInfo(path)
            info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
            digested = _Digested(file)
            self._tar.addfile(info, digested)
        self.members.append(Member(path, info.size, digested.sha256()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which closes the archive."""
        text = manifest.text().encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self._tar.addfile(info, io.BytesIO(text))


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Write an archive whole or not at all, readable by its owner alone: it holds every secret there is."""
    draft = target.with_name(f".{target.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=_LEVEL) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def unpack(archive: Path, *, into: Path | None = None) -> Manifest:
    """Read an archive whole, write its files into a folder if one is given, and hold each to its SHA-256.

    Raises `BadArchive` when the file is no backup or is damaged; what was written by then is the caller's to remove.
    """
    found: list[Member] = []
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, mode="r|gz") as tar:
            for info in tar:
                source = tar.extractfile(info) if info.isreg() else None
                if source is None or manifest is not None:
                    raise BadArchive(f"It holds something that no backup holds: {info.name}.")
                if info.name == MANIFEST:
                    manifest = Manifest.read(source.read())
                else:
                    found.append(_written(source, info, into=into))
    except (tarfile.TarError, EOFError, OSError) as problem:
        raise BadArchive(f"It cannot be read: {problem}") from problem
    if manifest is None:
        raise BadArchive("It has no manifest: it was not written to its end.")
    if found != manifest.members:
        raise BadArchive("Its files are not those of its manifest: it was changed.")
    return manifest


def _written(source: IO[bytes], info: tarfile.TarInfo, *, into: Path | None) -> Member:
    digested = _Digested(source)
    if into is None:
        while digested.read(_BLOCK):
            pass
        return Member(info.name, info.size, digested.sha256())
    parts = PurePosixPath(info.name)
    if parts.is_absolute() or ".." in parts.parts:
        raise BadArchive(f"It holds a file outside of its folder: {info.name}.")
    target = into / parts
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := digested.read(_BLOCK):
            file.write(block)
        os.fsync(file.fileno())
    return Member(info.name, info.size, digested.sha256())


class _Digested(io.RawIOBase):
    """A stream that digests what is read through it."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self._source, self._sum = source, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        block = self._source.read(size)
        self._sum.update(block)
        return block

    def sha256(self) -> str:
        return self._sum.hexdigest()
