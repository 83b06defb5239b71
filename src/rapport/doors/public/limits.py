"""How often one network address may send something: a bound on flooding, counted in the cache."""

from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.doors.ui.shell import focus_shell

_HOUR_S = 3_600


def is_too_often(request: HttpRequest, *, what: str, most: int, at: datetime) -> bool:
    """Count one sending of this kind from this address; say whether there were more than `most` in this hour."""
    key = f"limit:{what}:{at:%Y%m%d%H}:{request.META['REMOTE_ADDR']}"
    # Kept for longer than the hour that it counts, so that it cannot run out between the two calls.
    cache.add(key, 0, timeout=2 * _HOUR_S)
    return cache.incr(key) > most


def slow_down(request: HttpRequest) -> HttpResponse:
    """Ask to come back later."""
    answer = render(request, "public/slow_down.html", focus_shell(), status=429)
    answer["Retry-After"] = str(_HOUR_S)
    return answer
