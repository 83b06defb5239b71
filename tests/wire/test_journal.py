"""The journal: what was written is read back once and in order, whoever is killed and whatever the disk does."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.wire import events, journal, lines, segments
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalFailing, JournalWriter


def event(number: int, note: str = "") -> PostbackEvent:
    """Return an event that can be told from others."""
    return PostbackEvent(receipt_id=f"rcp_{number}", at_ms=number, program_id="prg_1", auth="token", params={"n": note})


def receipts(folder: Path) -> list[str]:
    """Return the receipt ids of all sealed segments, in order."""
    paths = journal.sealed_segments(folder)
    return [
        read.receipt_id for path in paths for _, read in journal.read_segment(path) if isinstance(read, PostbackEvent)
    ]


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """Make the disk refuse to let any file of this process grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_events_are_read_back_in_order_with_their_places(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    for number in range(3):
        writer.append(event(number))
    writer.close()

    (path,) = journal.sealed_segments(tmp_path)
    read = list(journal.read_segment(path))

    assert [found for _, found in read] == [event(0), event(1), event(2)]
    content = path.read_bytes()
    assert all(content[offset:].startswith(b'{"crc":') for offset, _ in read)


def test_a_missing_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert journal.sealed_segments(tmp_path / "none") == []
    assert journal.recover(tmp_path / "none") == []


def test_the_newest_number_is_that_of_the_last_segment_and_none_before_the_first(tmp_path: Path) -> None:
    assert journal.newest_number(tmp_path / "nowhere") == 0
    writer = JournalWriter(tmp_path, writer_id="w1")
    for expected in (1, 2):
        writer.append(event(expected))
        assert journal.newest_number(tmp_path) == expected - 1, "an open segment has no number yet"
        writer.seal()
        assert journal.newest_number(tmp_path) == expected


def test_an_open_segment_is_not_for_readers_yet(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    for number in (1, 2):
        writer.append(event(number))
        writer.sync()

    assert receipts(tmp_path) == []
    writer.seal()
    assert receipts(tmp_path) == ["rcp_1", "rcp_2"]


def test_a_segment_ends_at_its_size(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge", segment_bytes=300)
    for number in range(20):
        writer.append(event(number))
    writer.sync()
    writer.close()

    assert len(journal.sealed_segments(tmp_path)) > 5
    assert receipts(tmp_path) == [f"rcp_{number}" for number in range(20)]


def test_an_idle_writer_leaves_no_segments(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    writer.rotate()
    writer.sync()
    writer.seal()
    writer.close()

    assert [path.name for path in tmp_path.iterdir()] == []


def test_only_the_owner_may_read_the_journal(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    writer = JournalWriter(folder, writer_id="edge")
    writer.append(event(1))
    writer.close()

    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_the_name_of_a_new_journal_is_on_the_disk_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(segments, "_sync_folder", synced.append)
    JournalWriter(tmp_path / "journal", writer_id="a").close()
    assert synced[0] == tmp_path


def test_later_segments_sort_behind_earlier_ones_whoever_wrote_them(tmp_path: Path) -> None:
    early, late = JournalWriter(tmp_path, writer_id="zz"), JournalWriter(tmp_path, writer_id="aa")
    early.append(event(1))
    late.append(event(2))
    late.seal()
    seen = journal.sealed_segments(tmp_path)
    early.seal()
    late.append(event(3))
    late.seal()

    assert journal.sealed_segments(tmp_path)[:1] == seen
    assert receipts(tmp_path) == ["rcp_2", "rcp_1", "rcp_3"]


def test_a_number_is_never_given_twice_though_old_segments_are_removed(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    writer.append(event(1))
    writer.seal()
    (first,) = journal.sealed_segments(tmp_path)
    first.unlink()
    writer.append(event(2))
    writer.seal()

    (second,) = journal.sealed_segments(tmp_path)
    assert second.name > first.name


def test_numbers_go_on_though_the_counter_was_lost(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    for number in (1, 2):
        writer.append(event(number))
        writer.seal()
    (tmp_path / "seal.lock").unlink()
    writer.append(event(3))
    writer.seal()

    assert receipts(tmp_path) == ["rcp_1", "rcp_2", "rcp_3"]


def test_the_segment_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    writer.append(event(1))

    assert journal.recover(tmp_path) == []
    writer.seal()
    assert receipts(tmp_path) == ["rcp_1"]


def leave_behind(folder: Path, content: bytes) -> None:
    """Leave an open segment as a killed writer would."""
    (folder / "dead-000001.open").write_bytes(content)


@given(cut=st.integers(1, 400))
def test_a_torn_last_line_is_dropped_and_only_it(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("torn")
    whole = [lines.wrap(events.encode(event(number, "x" * 40))) for number in range(4)]
    content = b"".join(whole)[:cut]
    complete = sum(1 for number in range(4) if len(b"".join(whole[: number + 1])) <= cut)
    leave_behind(folder, content)

    recovered = journal.recover(folder)

    assert receipts(folder) == [f"rcp_{number}" for number in range(complete)]
    assert sum(found.dropped_bytes for found in recovered) in {0, len(content) - len(b"".join(whole[:complete]))}
    assert list(folder.glob("*.open")) == []
    assert journal.recover(folder) == []


def test_a_last_line_that_was_overwritten_with_zeros_is_dropped(tmp_path: Path) -> None:
    line = lines.wrap(events.encode(event(1)))
    leave_behind(tmp_path, line + bytes(len(line)))

    (recovered,) = journal.recover(tmp_path)

    assert recovered.dropped_bytes == len(line)
    assert receipts(tmp_path) == ["rcp_1"]


def test_a_damaged_line_in_the_middle_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    good = [lines.wrap(events.encode(event(number))) for number in range(3)]
    leave_behind(tmp_path, good[0] + good[1].replace(b"rcp_1", b"rcp_7") + good[2])
    journal.recover(tmp_path)

    assert receipts(tmp_path) == ["rcp_0", "rcp_2"]
    damaged: list[int] = []
    (path,) = journal.sealed_segments(tmp_path)
    list(journal.read_segment(path, damaged=damaged))
    assert damaged == [len(good[0])]


def test_many_may_recover_at_once_and_each_segment_is_sealed_once(tmp_path: Path) -> None:
    for number in range(30):
        line = lines.wrap(events.encode(event(number)))
        (tmp_path / f"dead-{number:06}.open").write_bytes(line)
    threads = [threading.Thread(target=journal.recover, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(receipts(tmp_path)) == sorted(f"rcp_{number}" for number in range(30))


def test_a_segment_sealed_by_its_writer_meanwhile_is_not_recovered_again(tmp_path: Path) -> None:
    leave_behind(tmp_path, lines.wrap(events.encode(event(1))))
    path = tmp_path / "dead-000001.open"
    with path.open("r+b") as file:
        path.rename(tmp_path / "sealed")
        path.write_bytes(b"another file of the same name")

        assert not segments._take_over(file.fileno(), path)


def test_a_full_disk_refuses_and_the_journal_goes_on_when_there_is_room(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    writer.append(event(1))
    size = next(tmp_path.glob("*.open")).stat().st_size
    with files_end_at(size), pytest.raises(JournalFailing, match="File too large"):
        writer.append(event(2))
    with files_end_at(size + 20):
        for _ in range(2):  # the first leaves half a line behind, the second must not make it worse
            with pytest.raises(JournalFailing):
                writer.append(event(3))
    writer.append(event(4))
    writer.append(event(5))
    writer.close()

    assert receipts(tmp_path) == ["rcp_1", "rcp_4", "rcp_5"]


def test_a_folder_that_is_gone_refuses_the_event_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    writer = JournalWriter(folder, writer_id="edge")
    folder.rmdir()
    with pytest.raises(JournalFailing, match="could not be opened"):
        writer.append(event(1))
    folder.mkdir()
    writer.append(event(2))
    writer.close()

    assert receipts(folder) == ["rcp_2"]


def test_a_disk_that_cannot_sync_says_so_and_nothing_is_handed_over(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    writer.append(event(1))
    assert writer._segment is not None
    fd = writer._segment._fd
    kept, (reading, pipe) = os.dup(fd), os.pipe()
    os.dup2(pipe, fd)  # a pipe cannot be synced
    with pytest.raises(JournalFailing, match="could not be synced"):
        writer.sync()
    with pytest.raises(JournalFailing):
        writer.seal()
    os.dup2(kept, fd)
    for used in (kept, reading, pipe):
        os.close(used)

    assert receipts(tmp_path) == []
    writer.close()
    assert receipts(tmp_path) == ["rcp_1"]


def test_a_segment_that_cannot_be_sealed_now_is_sealed_later(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge")
    writer.append(event(1))
    writer.sync()
    with files_end_at(0), pytest.raises(JournalFailing, match="could not be sealed"):
        writer.seal()

    writer.seal_rotated()
    assert receipts(tmp_path) == ["rcp_1"]


def test_sealing_in_another_thread_loses_nothing(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, writer_id="edge", segment_bytes=2_000)
    done = threading.Event()

    def keep_sealing() -> None:
        while not done.is_set():
            writer.sync()
            writer.seal_rotated()

    thread = threading.Thread(target=keep_sealing)
    thread.start()
    for number in range(2_000):
        writer.append(event(number))
    done.set()
    thread.join()
    writer.close()

    assert receipts(tmp_path) == [f"rcp_{number}" for number in range(2_000)]


KILLED_WRITER = """
import sys
from pathlib import Path
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter, recover
folder, start = Path(sys.argv[1]), int(sys.argv[2])
recover(folder)
writer = JournalWriter(folder, writer_id=f"w{start}", segment_bytes=4000)
for number in range(start, start + 1_000_000):
    writer.append(PostbackEvent(receipt_id=f"rcp_{number}", at_ms=1, program_id="prg_1", auth="token"))
    if number % 7 == 0:
        writer.sync()
        writer.seal_rotated()
    print(number, flush=True)
"""


def test_every_event_written_before_a_kill_is_read_afterwards_and_once(tmp_path: Path) -> None:
    written: list[int] = []
    for life in range(6):
        command = [sys.executable, "-c", KILLED_WRITER, str(tmp_path), str(life * 1_000_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            written += [int(process.stdout.readline()) for _ in range(20 + 61 * life)]
            process.send_signal(signal.SIGKILL)
            written += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    journal.recover(tmp_path)

    found = receipts(tmp_path)
    assert len(found) == len(set(found))
    assert {f"rcp_{number}" for number in written} <= set(found)
