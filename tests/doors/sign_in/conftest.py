"""What the stories of signing in share: mail in the outbox as in production, and nobody's earlier tries."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

OUTBOX = "rapport.apps.delivery.backend.OutboxBackend"


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = OUTBOX
    # Argon2 is slow on purpose; that it is used, tests/apps/identity/test_people.py sees.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()
