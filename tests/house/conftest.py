"""The root that house checks read."""

from pathlib import Path

import pytest

from tests.house.checks import registry


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of this repository."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def living(root: Path) -> registry.Registry:
    """What a waking Django says about its models, commands and settings."""
    return registry.ask(root)
