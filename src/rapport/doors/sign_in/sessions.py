"""How long a session lasts: a team's ends the same day, a partner's after weeks; both end sooner when left alone."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponseBase

from rapport.apps.identity.queries import ANONYMOUS, is_on_a_team
from rapport.doors.access import Request
from rapport.kit.clock import now, to_ms

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
# A session is written again at most this often, so that reading pages costs no writes.
_NOTED_EVERY_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest silence and the longest life of a session."""

    idle_ms: int
    whole_ms: int


TEAM = Limits(idle_ms=3 * _HOUR_MS, whole_ms=12 * _HOUR_MS)
PARTNER = Limits(idle_ms=7 * _DAY_MS, whole_ms=30 * _DAY_MS)


class SessionLimits:
    """Signs out whoever was silent too long or came too long ago. Stands behind `AccessMiddleware`."""

    def __init__(self, get_response: Callable[[Request], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        """Check the session before anything else looks at the caller; whoever brings none, as a shop, has none."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _keep_or_end(request, at_ms=to_ms(now()))
        return self.get_response(request)


def _keep_or_end(request: Request, *, at_ms: int) -> None:
    began_ms = request.session.setdefault("began_ms", at_ms)
    seen_ms = request.session.setdefault("seen_ms", at_ms)
    limits = TEAM if is_on_a_team(request.actor) else PARTNER
    if at_ms - seen_ms > limits.idle_ms or at_ms - began_ms > limits.whole_ms:
        logout(request)
        request.actor = ANONYMOUS
    elif at_ms - seen_ms > _NOTED_EVERY_MS:
        request.session["seen_ms"] = at_ms
