"""Drills are long tests: they begin before the others, the longest first, and may be shorter in ordinary runs.

A drill carries `@pytest.mark.drill(seconds=…)`. `make test` runs drills without counting what they cover; `make drill`
runs them whole on both databases.
"""

import os

import pytest

from tests.support.run import DATABASE_VARIABLE

DRILLS_VARIABLE = "RAPPORT_TEST_DRILLS"
WHOLE = "whole"
TIMEOUT_SECONDS = 10_800 if os.environ.get(DRILLS_VARIABLE) == WHOLE else 1_500


def scaled(*, whole: int, on_sqlite: int | None = None, on_postgresql: int | None = None) -> int:
    """Return how many of something this run tries: `whole`, unless ordinary runs try another number on this engine."""
    if os.environ.get(DRILLS_VARIABLE) == WHOLE:
        return whole
    ordinary = {"sqlite": on_sqlite, "postgresql": on_postgresql}[os.environ.get(DATABASE_VARIABLE, "sqlite")]
    return whole if ordinary is None else ordinary


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no worker is left alone with it in the end, and give drills time."""
    items.sort(key=_seconds, reverse=True)
    for item in items:
        if _seconds(item):
            item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS))


def _seconds(item: pytest.Item) -> float:
    """Return about how long a drill takes; 0 for any other test."""
    mark = item.get_closest_marker("drill")
    return float(mark.kwargs["seconds"]) if mark else 0
