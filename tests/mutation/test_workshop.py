"""A workshop tries a room by its own tests, outside the source tree, and goes on where it was until code changes."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.mutation.rooms import ROOMS, Room
from tests.mutation.verdicts import exit_codes
from tests.mutation.workshop import ROOT, Workshop

ROOM = Room("books", "apps/ledger", tests=("tests/apps/ledger",))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A workshop whose mutants have two verdicts: killed, and survived."""
    found = Workshop(room=ROOM, folder=tmp_path / "books")
    found.open(keep=False)
    found.mutants.mkdir()
    verdicts = {"exit_code_by_key": {"x_sum__mutmut_1": 1, "x_sum__mutmut_2": 0}}
    (found.mutants / "sums.py.meta").write_text(json.dumps(verdicts), encoding="utf-8")
    return found


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_code_and_the_tests_of_each_room_are_there(room: Room) -> None:
    assert list((ROOT / "src/rapport" / room.folder).glob("*.py"))
    assert all((ROOT / path).exists() for path in room.tests)


def test_mutmut_is_told_the_files_of_the_room_and_its_tests(workshop: Workshop) -> None:
    told = tomllib.loads((workshop.folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    assert told["only_mutate"] == ["src/rapport/apps/ledger/*"]
    assert told["pytest_add_cli_args_test_selection"][0] == "tests/apps/ledger"
    assert told["source_paths"] == ["src"]
    assert (workshop.folder / "src").resolve() == ROOT / "src"


def test_the_same_code_goes_on_with_the_verdicts_that_are_there(workshop: Workshop) -> None:
    workshop.open(keep=False)
    assert exit_codes(workshop.mutants) == {"sums.py.meta": {"x_sum__mutmut_1": 1, "x_sum__mutmut_2": 0}}


def test_other_code_starts_anew(workshop: Workshop) -> None:
    (workshop.folder / "made-from").write_text("what other code and tests came to", encoding="utf-8")
    workshop.open(keep=False)
    assert exit_codes(workshop.mutants) == {}


def test_who_writes_tests_may_try_again_only_what_was_not_killed(workshop: Workshop) -> None:
    (workshop.folder / "made-from").write_text("what other code and tests came to", encoding="utf-8")
    workshop.open(keep=True)
    assert exit_codes(workshop.mutants) == {"sums.py.meta": {"x_sum__mutmut_1": 1, "x_sum__mutmut_2": None}}
