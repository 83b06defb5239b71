"""Who may open which page: every view carries a mark, a view without one opens for nobody.

    @allow(Capability.TEAM_READ, post=Capability.TEAM_WRITE)   the capability that looking and that changing need
    @signed_in                                                 anybody who signed in
    @public                                                    everybody

The mark is read again by the start-up check (`doors/checks.py`) and by the route table of the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, URLResolver
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.queries import actor_of
from rapport.apps.identity.rights import Capability, find, has, scope
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal


class Request(HttpRequest):
    """A request behind `AccessMiddleware`: it knows who acts, and under which capability the view was opened."""

    actor: Actor
    capability: Capability


P = ParamSpec("P")
M = TypeVar("M", bound=Model)
View = Callable[Concatenate[Request, P], HttpResponseBase]
Page = Callable[[HttpRequest], HttpResponseBase]

_MARK = "access"
_LOOKING = ("GET", "HEAD", "OPTIONS")


class Kind(StrEnum):
    """What a view asks of its caller."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    CAPABILITY = "capability"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Access:
    """The mark of a view."""

    kind: Kind
    look: Capability | None = None
    change: Capability | None = None


def public(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let everybody open this view."""

    @wraps(view)
    def opened(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(*args, **kwargs)

    return _marked(opened, Access(Kind.PUBLIC))


def signed_in(view: View[P]) -> View[P]:
    """Let anybody who signed in open this view."""

    @wraps(view)
    def opened(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else _to_sign_in(request)

    return _marked(opened, Access(Kind.SIGNED_IN))


def allow(capability: Capability, *, post: Capability | None = None) -> Callable[[View[P]], View[P]]:
    """Let those open this view who hold the capability anywhere; which rows they see is for `find_or_404`.

    A caller without it gets 403 whatever the address names, so the answer says nothing about what exists.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def opened(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request.capability = capability if request.method in _LOOKING else post or capability
            if has(request.actor, request.capability):
                return view(request, *args, **kwargs)
            if not request.actor.seats and not request.user.is_authenticated:
                return _to_sign_in(request)
            raise PermissionDenied(_("Your role does not include this page."))

        return _marked(opened, Access(Kind.CAPABILITY, capability, post or capability))

    return decorate


def checked_by_key(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Mark the addresses of an API, whose operations ask for a key themselves and carry `allow` inside."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            checked_by_key(pattern.url_patterns)
        elif mark_of(pattern.callback) is None:
            vars(pattern.callback)[_MARK] = Access(Kind.KEY)
    return patterns


def mark_of(view: Callable[..., object] | None) -> Access | None:
    """Return the mark of a view, or nothing."""
    return getattr(view, _MARK, None)


def find_or_404(request: Request, rows: QuerySet[M], **lookup: object) -> M:
    """Return the one row that the caller may have under this view's capability; foreign and missing are 404."""
    try:
        return find(request.actor, request.capability, rows, **lookup)
    except NotFound as nothing:
        raise Http404(nothing.sentence) from nothing


def visible(request: Request, rows: QuerySet[M]) -> QuerySet[M]:
    """Return the rows that the caller may have under this view's capability."""
    return scope(request.actor, request.capability, rows)


def given(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, for a form: nothing while the page is only looked at."""
    return request.POST if request.method == "POST" else None


_ASKED_AS = {"starts_at": "starts_on", "ends_at": "ends_on"}
"""Moments of which forms ask for the day."""


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal into a form: at its fields where the form has them, else above; answer the page with 422."""
    asked = {name if name in form.fields else _ASKED_AS.get(name, name): one for name, one in refusal.fields.items()}
    placed = {name: sentence for name, sentence in asked.items() if name in form.fields}
    for name, sentence in placed.items():
        form.add_error(name, sentence)
    if not placed or len(placed) < len(refusal.fields):
        form.add_error(None, refusal.sentence)


class AccessMiddleware:
    """Tells each request who acts, refuses views without a mark, and answers refusals that no view caught."""

    def __init__(self, get_response: Page) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        """Rights are read again for every request: what was taken away a second ago is gone."""
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)  # no table holds NUL, and PostgreSQL will not even look
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[assignment]  # a stand-in that turns into the actor when first asked
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            # What a page shows is for its reader: no proxy keeps it, and the browser asks before it shows it again.
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def process_view(
        self, _request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """Refuse a view that does not say whom it is for."""
        if mark_of(view) is None:
            name = getattr(view, "__qualname__", repr(view))
            raise ImproperlyConfigured(f"{name} carries no mark: put @allow, @signed_in or @public on it")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into a page that says it; what is not there is 404."""
        if isinstance(exception, NotFound):
            raise Http404(exception.sentence)
        if isinstance(exception, Refusal):
            return render(request, "refused.html", {"refusal": exception}, status=422)
        return None


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the reason (Django's `handler403`)."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def _marked(opened: Callable[P, HttpResponseBase], access: Access) -> Callable[P, HttpResponseBase]:
    vars(opened)[_MARK] = access
    return opened


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page and back afterwards; a piece of a page sends the whole page."""
    answer = redirect_to_login(request.get_full_path())
    return HttpResponseClientRedirect(answer.url) if request.headers.get("HX-Request") else answer
