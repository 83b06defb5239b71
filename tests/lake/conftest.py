"""A journal and a lake in an empty folder."""

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest

from rapport.wire.events import Event
from rapport.wire.journal import JournalWriter

Seal = Callable[[Iterable[Event]], None]

_starts = count(1)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def seal(journal: Path) -> Seal:
    """Write events into the journal as one sealed segment."""
    return lambda events: seal_into(journal, events)


def seal_into(journal: Path, events: Iterable[Event]) -> None:
    """Write events into a journal as one sealed segment, by an edge that has just started."""
    writer = JournalWriter(journal, writer_id=f"edge{next(_starts)}")
    for event in events:
        writer.append(event)
    writer.close()
