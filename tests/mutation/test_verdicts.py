"""The count of mutants takes mutmut's files at their word, forgives nothing and always draws the same sample."""

import json
from pathlib import Path

import pytest

from tests.mutation.rooms import NEEDED_PERCENT
from tests.mutation.verdicts import HEADING, exit_codes, sample, score

KILLED, SURVIVED, TIMEOUT, NO_TESTS, UNTRIED = 1, 0, 36, 33, None


def test_verdicts_are_read_from_the_files_that_mutmut_leaves_and_counted(tmp_path: Path) -> None:
    leave(tmp_path / "src/rapport/domain/sums.py.meta", KILLED, KILLED, SURVIVED)
    leave(tmp_path / "src/rapport/domain/days.py.meta", TIMEOUT, NO_TESTS)
    found = score("domain", exit_codes(tmp_path))
    assert (found.of, found.chosen, found.percent) == (5, 5, 40)
    assert found.ends == {"killed": 2, "survived": 1, "timeout": 1, "no tests": 1}
    assert str(found).split() == ["domain", "5", "2", "1", "1", "1", "0", "40", "%", "needs", "85", "%"]
    assert HEADING.split()[:3] == ["room", "mutants", "killed"]


def test_one_kill_too_few_is_refused_and_a_timeout_is_no_kill() -> None:
    enough = [KILLED] * NEEDED_PERCENT + [SURVIVED] * (100 - NEEDED_PERCENT)
    assert score("domain", {"sums": mutants(*enough)}).passes
    assert not score("domain", {"sums": mutants(*[TIMEOUT, *enough[1:]])}).passes


def test_a_share_just_below_the_bar_is_not_rounded_up_to_it() -> None:
    assert score("domain", {"sums": mutants(*[KILLED] * 849, *[SURVIVED] * 151)}).percent == 84


@pytest.mark.parametrize("codes", [{}, {"sums": {}}, {"sums": {"x_sum__mutmut_1": KILLED, "x_sum__mutmut_2": UNTRIED}}])
def test_a_room_without_mutants_or_with_an_untried_one_is_not_proven(codes: dict[str, dict[str, int | None]]) -> None:
    assert not score("domain", codes).passes


def test_a_control_that_was_not_tried_proves_nothing() -> None:
    found = score("domain", {"sums": {**mutants(KILLED), "x_sum__mutmut_0": UNTRIED}})
    assert (found.passes, found.broken_controls) == (False, [])
    assert str(found).endswith("not tried to the end")


def test_where_tests_fail_although_nothing_was_changed_no_verdict_is_believed() -> None:
    steady = score("domain", {"sums": {**mutants(KILLED), "x_sum__mutmut_0": SURVIVED}})
    assert (steady.passes, steady.of, steady.chosen) == (True, 1, 1)
    shaky = score("domain", {"sums": {**mutants(KILLED), "x_sum__mutmut_0": KILLED}})
    assert (shaky.passes, shaky.percent) == (False, 100)
    assert "not to be believed: without a change the tests did not pass (x_sum__mutmut_0)" in str(shaky)


def test_a_sample_takes_its_share_of_every_file_always_the_same_and_says_how_large_it_is() -> None:
    codes = {file: mutants(*[KILLED] * size, function=f"x_{file}") for file, size in (("sums", 100), ("days", 3))}
    drawn = sample(codes, percent=20)
    assert sum("x_sums" in name for name in drawn) == 20
    assert sum("x_days" in name for name in drawn) == 1
    assert drawn == sample(dict(reversed(codes.items())), percent=20)
    assert drawn < sample(codes, percent=40)
    assert str(score("domain", codes, percent=20)).endswith("a sample of 103")


def test_what_a_sample_left_out_need_not_be_tried() -> None:
    codes: dict[str, dict[str, int | None]] = {"sums": mutants(*[UNTRIED] * 10)}
    [drawn] = sample(codes, percent=10)
    codes["sums"][drawn] = KILLED
    assert score("domain", codes, percent=10).passes


def mutants(*codes: int | None, function: str = "x_sum") -> dict[str, int | None]:
    return {f"{function}__mutmut_{number}": code for number, code in enumerate(codes, start=1)}


def leave(meta: Path, *codes: int | None) -> None:
    meta.parent.mkdir(parents=True, exist_ok=True)
    meta.write_text(json.dumps({"exit_code_by_key": mutants(*codes, function=f"x_{meta.name}")}), encoding="utf-8")
