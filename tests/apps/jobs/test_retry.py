"""How long a job waits between attempts, and what makes two calls the same job."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.jobs import sample_jobs


@given(attempt=st.integers(1, 500), chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_longer_than_the_longest_nor_shorter_than_half_the_first(attempt: int, chance: float) -> None:
    assert 5 <= sample_jobs.fail.wait_s(attempt=attempt, chance=chance) <= sample_jobs.fail.longest_wait_s


@given(attempt=st.integers(1, 5))
def test_a_wait_doubles_until_it_is_long_enough(attempt: int) -> None:
    waits = [sample_jobs.fail.wait_s(attempt=number, chance=0) for number in (attempt, attempt + 1)]
    assert waits[1] == 2 * waits[0]


def test_a_crowd_that_failed_together_does_not_return_together() -> None:
    waits = {sample_jobs.fail.wait_s(attempt=1, chance=chance / 10) for chance in range(10)}
    assert len(waits) == 10
    assert (min(waits), max(waits)) == (5, 9.5)


@pytest.mark.parametrize(
    ("args", "kwargs"), [(("prg_1",), {}), ((), {"program_id": "prg_1"}), (("prg_1",), {"reason": "deleted"})]
)
def test_a_key_is_the_same_however_its_arguments_are_passed(
    args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    assert sample_jobs.publish.key_for(args, kwargs) == "publish:prg_1"


def test_a_job_without_a_key_is_never_the_same_as_another() -> None:
    assert sample_jobs.note.key_for(("path", "line"), {}) == ""
