"""Chooses the database of a run before Django wakes, and gives every test the same fixtures."""

import gc
from collections.abc import Iterator

import django
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as properties

from tests.support.run import Run, prepare

RUN = prepare()
django.setup()

# Real hashes, made cheaply: a guesser's price is no use in a test, and every person of every story would pay it.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8
Argon2PasswordHasher.parallelism = 1

# A busy machine is no fault of the code: nothing here is judged by a clock.
properties.register_profile("unhurried", properties(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("unhurried")

# Each client loads the middleware; it need not list all assets each time when it may look for those asked for.
settings.WHITENOISE_AUTOREFRESH = True

pytest_plugins = [
    "tests.support.databases",
    "tests.support.drills",
    "tests.support.ownership",
    "tests.support.server",
    "tests.support.browser",
]

DATABASE_FIXTURES = frozenset({"django_db_setup", "copy_database"})
BROWSER_FIXTURES = frozenset({"browser"})


@pytest.fixture(scope="session")
def run() -> Run:
    """The run that this test belongs to."""
    return RUN


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Let each test begin in English: a page that was shown in another language leaves its thread speaking it."""
    yield
    translation.deactivate()


def pytest_report_header() -> str:
    """Say on which engine the figures below were won."""
    return f"database: {RUN.engine.name}"


def pytest_collection_finish() -> None:
    """Look less often through objects that live as long as the run: a tenth of the time went there."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, so that no test can be left out of a run by a forgotten mark."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        if fixtures & BROWSER_FIXTURES:
            item.add_marker(pytest.mark.browser)
