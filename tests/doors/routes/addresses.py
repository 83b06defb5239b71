"""The addresses of the project, with refusals that carry their status and no page.

Hundreds of refusals are asked for, each with its page at the price of a whole one; tests/doors/test_access.py sees what
those pages say.
"""

from django.http import HttpRequest, HttpResponse

from rapport.config.urls import urlpatterns

__all__ = ["handler403", "handler404", "urlpatterns"]


def handler403(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse with a word."""
    return HttpResponse(str(exception), status=403)


def handler404(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Find nothing, with a word."""
    return HttpResponse(str(exception), status=404)
