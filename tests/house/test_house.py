"""The house is in order: what import contracts and the linter cannot see."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house.checks import (
    contracts,
    doors,
    habits,
    pages,
    purity,
    registry,
    repository,
    requirements,
    sizes,
    tables,
    words,
)
from tests.house.checks.source import Finding

CHECKS = [
    contracts.forgotten_rooms,
    doors.tables_touched_in_doors,
    habits.escaping_tests,
    habits.signals,
    habits.silent_suppressions,
    habits.unfinished,
    habits.unsafe_text,
    pages.forbidden_in_pages,
    pages.untranslated_text,
    purity.clocks_read_for_business,
    purity.floats_near_money,
    purity.worldly_rules,
    requirements.imports_without_requirement,
    requirements.requirements_without_use,
    sizes.oversized,
    tables.foreign_writes,
    words.banned_words,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_source_keeps_the_rules_of_the_house(check: Callable[[Path], Iterable[Finding]], root: Path) -> None:
    assert_none(check(root))


def test_every_foreign_key_points_down_and_leaves_no_way_back(root: Path, living: registry.Registry) -> None:
    assert_none(registry.foreign_keys_astray(root, living))


def test_every_command_and_every_setting_is_described_for_operators(root: Path, living: registry.Registry) -> None:
    assert_none(registry.undocumented(root, living))


def test_what_is_committed_speaks_of_the_product_alone(root: Path) -> None:
    assert_none(repository.leaks(root, repository.tracked_files(root)))


def assert_none(findings: Iterable[Finding]) -> None:
    """Fail with each finding on a line of its own, led by its place."""
    lines = sorted(map(str, findings))
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
