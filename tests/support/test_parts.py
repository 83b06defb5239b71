"""Parts run in order until one fails, and each is told with its time."""

from pathlib import Path

import pytest

from tests.support.parts import main, table


def test_parts_run_until_one_fails_and_its_code_is_returned(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "made $2"\ntest "$2" != broken || exit 3\n')
    make.chmod(0o755)
    assert main(str(make), ["check", "broken", "never"]) == 3
    said = capfd.readouterr().out
    assert "made check" in said
    assert "made never" not in said
    assert main(str(make), ["check"]) == 0


def test_the_time_of_each_part_and_of_all_is_told() -> None:
    told = table({"check": 61.4, "test-sqlite": 120.0}, failed=True)
    assert [line.split() for line in told.splitlines()] == [
        ["check", "61", "s"],
        ["test-sqlite", "120", "s", "failed"],
        ["together", "181", "s"],
    ]
