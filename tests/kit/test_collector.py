"""The collector passes over what is there and looks seldom."""

import gc
from collections.abc import Iterator

import pytest

from rapport.kit.collector import SELDOM, spare


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_it_passes_over_what_is_there_and_looks_seldom() -> None:
    kept: list[object] = [[]]
    spare()
    assert gc.get_threshold() == SELDOM
    assert gc.get_freeze_count() > 0
    assert all(one is not kept for one in gc.get_objects())


def test_a_process_may_say_how_seldom() -> None:
    spare((50_000, 20, 50))
    assert gc.get_threshold() == (50_000, 20, 50)
