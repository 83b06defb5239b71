"""Whether this installation does what it is for, in words for monitors: `/healthz` answers 200 or 503."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.doors.access import public
from rapport.flows.alive.health import health_now
from rapport.kit.clock import now


@never_cache
@require_safe
@public
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say of each part whether it is well; strangers hear words and no figures."""
    try:
        parts = health_now(at=now())
    except DatabaseError:
        parts = {"database": "failing"}
    well = all(word == "ok" for word in parts.values())
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
