"""Lets API keys in: the key decides who acts, and its scopes what it may do."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from rapport.apps.identity.actions import note_key_use
from rapport.apps.identity.models import ApiKey
from rapport.apps.identity.queries import actor_of_row, key_of
from rapport.doors.access import Request
from rapport.kit.clock import now

MOST_BYTES = 512 * 1024
"""The largest body that is read: an order with a thousand long lines fits."""


class KeyAuth(HttpBearer):
    """Reads the bearer key and sets who acts."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the living key, or nothing; a body that is too large is refused before it is read."""
        key = key_of(token)
        if key is None:
            return None
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise HttpError(413, _("The body is larger than 512 KiB. Send fewer lines, or several requests."))
        cast("Request", request).actor = actor_of_row(key)
        note_key_use(key=key, on=now().date())
        return key
