"""Tells browsers with every answer what a page may load and run."""

from http import HTTPStatus

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from rapport.doors.access import Page

_DJANGOS_OWN = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR})
"""What Django answers with a page of its own, which has its style inside, while somebody looks for a mistake."""


class ContentPolicy:
    """Adds the one policy of all pages, written once: django-csp's own writes it anew for each answer."""

    def __init__(self, get_response: Page) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the policy."""
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in _DJANGOS_OWN):
            response.headers.setdefault(HEADER, self.policy)
        return response
