"""The coverage gate counts branches, forgives nothing where money is counted, and something elsewhere."""

from typing import Any

from tests.house.coverage_gate import incomplete_files, shares


def test_the_rules_must_be_run_whole_and_a_missed_branch_counts() -> None:
    (domain, *_) = shares(_report(domain=_file(lines=(100, 100), branches=(40, 39))))
    assert (domain.percent, domain.needed) == (99, 100)


def test_the_rest_is_counted_together_and_may_miss_a_tenth() -> None:
    *_, rest = shares(_report(flows=_file(lines=(80, 71), branches=(0, 0)), kit=_file(lines=(20, 20), branches=(0, 0))))
    assert (rest.percent, rest.needed) == (91, 90)


def test_a_room_without_code_misses_nothing() -> None:
    assert [share.percent for share in shares(_report())] == [100, 100, 100, 100]


def test_a_file_that_misses_something_is_named_with_its_lines_and_branches() -> None:
    report = _report(domain=_file(lines=(3, 2), branches=(2, 1)), flows=_file(lines=(3, 2), branches=(2, 1)))
    assert list(incomplete_files(report)) == ["src/rapport/domain/sums.py: 7, 3->5"]


def test_a_copy_of_the_package_that_a_test_broke_is_not_counted() -> None:
    report = _report(flows=_file(lines=(10, 10), branches=(0, 0)))
    report["files"]["/tmp/copy/src/rapport/flows/sums.py"] = _file(lines=(90, 0), branches=(0, 0))  # noqa: S108 - a name in a report; nothing is written there
    *_, rest = shares(report)
    assert (rest.percent, rest.of) == (100, 10)


def _report(**rooms: dict[str, Any]) -> dict[str, Any]:
    return {"files": {f"src/rapport/{room}/sums.py": file for room, file in rooms.items()}}


def _file(*, lines: tuple[int, int], branches: tuple[int, int]) -> dict[str, Any]:
    return {
        "summary": {
            "num_statements": lines[0],
            "covered_lines": lines[1],
            "num_branches": branches[0],
            "covered_branches": branches[1],
        },
        "missing_lines": [7] if lines[1] < lines[0] else [],
        "missing_branches": [[3, 5]] if branches[1] < branches[0] else [],
    }
