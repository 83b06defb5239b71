"""Lets API keys in: the key decides who acts, and its scopes what it may do."""

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from rapport.apps.identity.actions import note_key_use
from rapport.apps.identity.models import ApiKey
from rapport.apps.identity.queries import actor_of_row, key_of
from rapport.doors.access import Request
from rapport.kit.clock import now


class KeyAuth(HttpBearer):
    """Reads the bearer key and sets who acts."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the living key, or nothing."""
        key = key_of(token)
        if key is None:
            return None
        cast("Request", request).actor = actor_of_row(key)
        note_key_use(key=key, on=now().date())
        return key
