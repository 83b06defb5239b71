"""A segment may go when every reader has passed it, and not before."""

from pathlib import Path

import pytest

from rapport.lake.ingest import ingest
from rapport.lake.position import segment_number
from rapport.lake.progress import progress, removable_segments, remove_read_segments
from rapport.wire.journal import sealed_segments
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, click


@pytest.fixture
def three_segments(journal: Path, lake: Path, seal: Seal) -> list[Path]:
    """Three sealed segments, of which the lake has read two."""
    for _ in range(3):
        seal([click()])
    ingest(journal=journal, lake=lake, now_ms=NOON, limit_segments=2)
    return sealed_segments(journal)


def test_the_lake_knows_how_far_it_has_read(three_segments: list[Path], lake: Path) -> None:
    assert progress(lake) == segment_number(three_segments[1])


def test_a_segment_stays_until_both_the_lake_and_the_postback_intake_are_past_it(
    three_segments: list[Path], journal: Path, lake: Path
) -> None:
    first, _, _ = three_segments
    intake = segment_number(first)

    assert removable_segments(journal=journal, positions=[progress(lake), intake]) == [first]
    assert remove_read_segments(journal=journal, positions=[progress(lake), intake]) == 1
    assert sealed_segments(journal) == three_segments[1:]


def test_a_reader_that_has_read_nothing_keeps_everything(three_segments: list[Path], journal: Path, lake: Path) -> None:
    assert three_segments
    assert removable_segments(journal=journal, positions=[progress(lake), 0]) == []


def test_without_readers_nothing_is_removable(three_segments: list[Path], journal: Path) -> None:
    assert three_segments
    assert removable_segments(journal=journal, positions=[]) == []


def test_the_lake_goes_on_behind_segments_that_were_removed(
    three_segments: list[Path], journal: Path, lake: Path, seal: Seal
) -> None:
    remove_read_segments(journal=journal, positions=[progress(lake), segment_number(three_segments[-1])])
    seal([click()])

    assert ingest(journal=journal, lake=lake, now_ms=NOON).clicks == 2


def test_a_file_that_is_no_segment_has_no_number() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        segment_number(Path("notes.txt"))
