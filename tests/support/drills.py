"""Drills are long tests: they begin before the others, the longest first, and may be shorter in ordinary runs.

A drill carries `@pytest.mark.drill(seconds=…)`. `make test` runs drills without counting what they cover; `make drill`
runs them whole on both databases. What a drill gives to pytest's `record_property` is a figure; a whole run ends with
all of them as one line of JSON.
"""

import json
import os
from collections.abc import Iterable

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


def figures_of(reports: Iterable[pytest.TestReport]) -> dict[str, dict[str, object]]:
    """Return what the drills among some reports recorded, by the name of the test, with the seconds that it took."""
    found = {report.nodeid.rpartition("::")[2]: report for report in reports if report.user_properties}
    return {
        name: {**dict(report.user_properties), "outcome": report.outcome, "seconds": round(report.duration)}
        for name, report in sorted(found.items())
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line of JSON what a whole run of the drills has found."""
    if os.environ.get(DRILLS_VARIABLE) == WHOLE:
        ended = [one for outcome in ("passed", "failed") for one in terminalreporter.stats.get(outcome, [])]
        database = os.environ.get(DATABASE_VARIABLE, "sqlite")
        terminalreporter.line(json.dumps({"database": database, "drills": figures_of(ended)}))


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
