"""A pytest plugin of mutation runs: properties try the same few examples each time, so that verdicts repeat.

Pages of paper are printed by a process of their own: mutmut tries each mutant in a fork, into which the threads of the
library that prints do not come along, and a fork that prints would wait for them until its time is over. The doctor
does not wait for a link book that no worker of these tests will publish.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import typst
from hypothesis import HealthCheck, Phase, settings

FONTS = Path(__file__).resolve().parents[2] / "src" / "rapport" / "doors" / "ui" / "pdf" / "fonts"

_PRINT = """
import json, sys, typst
told = json.load(sys.stdin)
fonts = typst.Fonts(include_system_fonts=False, font_paths=[told.pop("fonts")])
page = typst.compile(told.pop("template").encode(), font_paths=fonts, **told)
sys.stdout.buffer.write(page)
"""

settings.register_profile(
    "mutation",
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    # That a property fails is enough to know: looking for the smallest example takes longer than a mutant is given.
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    # mutmut runs a test of a class in one process as often as it likes, on a new instance each time; nothing of ours
    # is kept on the instance, so that no example depends on which one it was.
    suppress_health_check=[HealthCheck.differing_executors],
)


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.doors.ui.pdf._fonts", lambda: FONTS)
    monkeypatch.setattr(typst, "compile", _printed)
    monkeypatch.setattr("rapport.flows.doctor.arrivals.PUBLISHING_TAKES_S", 0)


def _printed(template: bytes, *, font_paths: Path, **given: str | bool | Mapping[str, str]) -> bytes:
    told = json.dumps({"template": template.decode(), "fonts": str(font_paths), **given})
    return subprocess.run([sys.executable, "-c", _PRINT], input=told.encode(), capture_output=True, check=True).stdout
