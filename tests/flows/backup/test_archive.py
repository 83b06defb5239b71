"""The archive: whole, private, and refused as soon as one bit of it is another."""

import io
import stat
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from rapport.flows.backup.archive import MANIFEST, BadArchive, Manifest, unpack, writing
from rapport.flows.backup.files import empty, unpack_files
from rapport.flows.backup.keeping import archive_path, backups, prune
from rapport.flows.backup.refusals import CannotRestore
from rapport.flows.backup.stillness import AlreadyRuns, still
from tests.make.identity import NOON


def manifest(**more: object) -> Manifest:
    known = {"made_at": NOON.isoformat(), "engine": "sqlite", "program": "0.1.0", "migrations": [], "missing": []}
    return Manifest(**(known | more))  # type: ignore[arg-type]  # a story's own fields


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of two files."""
    (tmp_path / "a").write_bytes(b"journal" * 1_000)
    (tmp_path / "b").write_bytes(b"")
    target = tmp_path / "rapport.tar.gz"
    with writing(target) as writer:
        writer.add(tmp_path / "a", path="data/journal/1.ndjson")
        writer.add(tmp_path / "b", path="data/config.toml")
        writer.add(tmp_path / "gone", path="data/gone")
        writer.finish(manifest(members=writer.members))
    return target


def test_what_was_put_in_comes_out_and_only_its_owner_may_read_it(archive: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    found = unpack(archive, into=tmp_path / "out")
    assert [member.path for member in found.members] == ["data/journal/1.ndjson", "data/config.toml"]
    out = tmp_path / "out" / "data" / "journal" / "1.ndjson"
    assert out.read_bytes() == b"journal" * 1_000
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert unpack(archive) == found


def rewritten(archive: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """Return a copy of an archive with its members changed."""
    target = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as source, tarfile.open(target, "w:gz") as copy:
        for info in source:
            file = source.extractfile(info)
            assert file is not None
            changed = change(info.name, file.read())
            if changed is not None:
                name, content = changed
                member = tarfile.TarInfo(name)
                member.size = len(content)
                copy.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda name, content: (name, content.replace(b"j", b"J", 1)), "it was changed"),
        (lambda name, content: None if name == MANIFEST else (name, content), "not written to its end"),
        (lambda name, content: None if name == "data/config.toml" else (name, content), "it was changed"),
        (lambda name, content: ("../../evil" if "config" in name else name, content), "outside of its folder"),
        (lambda name, content: ("/evil" if "config" in name else name, content), "outside of its folder"),
        (lambda name, content: (name, content.replace(b'"format": 1', b'"format": 9')), "this version reads 1"),
        (lambda name, content: (name, b"{}" if name == MANIFEST else content), "manifest cannot be read"),
    ],
    ids=["a-bit", "no-manifest", "a-file-less", "upwards", "absolute", "another-format", "empty-manifest"],
)
def test_a_changed_archive_is_refused(
    archive: Path, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], sentence: str
) -> None:
    with pytest.raises(BadArchive, match=sentence):
        unpack(rewritten(archive, change), into=tmp_path / "out")
    assert not (tmp_path / "evil").exists()


def test_what_is_no_archive_or_was_cut_off_is_refused(archive: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:-40])
    for file in (cut, tmp_path / "a", tmp_path / "missing"):
        with pytest.raises(BadArchive):
            unpack(file)
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as tar:
        link = tarfile.TarInfo("data/secrets")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    with pytest.raises(BadArchive, match="no backup holds"):
        unpack(tmp_path / "link.tar.gz", into=tmp_path / "out")


def test_a_writing_that_fails_leaves_no_archive(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with writing(tmp_path / "rapport.tar.gz"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []


def test_files_come_back_into_an_empty_folder_alone(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    unpack_files(archive, data=data)
    assert (data / "journal" / "1.ndjson").is_file()
    with pytest.raises(CannotRestore, match="it holds config"):
        unpack_files(archive, data=data)
    empty(data)
    assert list(data.iterdir()) == []
    with pytest.raises(BadArchive):
        unpack_files(rewritten(archive, lambda name, content: (name, content[1:])), data=data)
    assert list(data.iterdir()) == []


def test_the_newest_are_kept_and_foreign_files_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rapport-mine.tar.gz").touch()
    for hours in (1, 2, 3, 3):
        archive_path(tmp_path, at=NOON + timedelta(hours=hours)).write_bytes(b"x" * hours)
    assert [kept.size for kept in backups(tmp_path)] == [3, 3, 2, 1]
    assert len(prune(tmp_path, keep=2)) == 2
    assert [kept.made_at for kept in backups(tmp_path)] == [NOON + timedelta(hours=3)] * 2
    assert (tmp_path / "rapport-mine.tar.gz").exists()


def test_only_one_holds_the_folder_still(tmp_path: Path) -> None:
    def again() -> None:
        with still(tmp_path):
            pass

    with still(tmp_path), pytest.raises(AlreadyRuns, match="try again in a minute"):
        again()
    again()
