"""Marks on views: who is let in, what the others are told, and that no view goes without."""

from collections.abc import Callable

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.resolvers import RegexPattern

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Membership, Organisation, Person, Role
from rapport.apps.identity.queries import ANONYMOUS, actor_of
from rapport.apps.identity.rights import Capability
from rapport.apps.record.errors import BadInput, Refusal
from rapport.doors.access import (
    Access,
    AccessMiddleware,
    Kind,
    Request,
    allow,
    checked_by_key,
    find_or_404,
    forbidden,
    mark_of,
    public,
    show_refusal,
    signed_in,
    visible,
)
from rapport.doors.checks import every_view_is_marked, routes
from tests.make.identity import make_member, make_organisation


@public
def for_all(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@signed_in
def for_people(_request: Request) -> HttpResponse:
    return HttpResponse("open")


@allow(Capability.TEAM_READ, post=Capability.ORGANISATION_WRITE)
def for_the_team(request: Request) -> HttpResponse:
    return HttpResponse(str(request.capability))


def forgotten(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


def asked(
    view: Callable[..., HttpResponseBase], person: Person | None, *, method: str = "GET", **headers: str
) -> HttpResponseBase:
    """Ask a view as it is asked behind the middleware."""
    request = RequestFactory().generic(method, "/place/?a=1", headers=headers)
    request.user = person or AnonymousUser()
    return AccessMiddleware(view)(request)  # type: ignore[arg-type]  # becomes a Request on the way


@pytest.mark.django_db
def test_looking_and_changing_ask_for_their_own_capability() -> None:
    organisation = make_organisation()
    owner, sales = make_member(organisation, Role.OWNER), make_member(organisation, Role.SALES)
    assert words(asked(for_the_team, sales)) == "team.read"
    assert words(asked(for_the_team, owner, method="POST")) == "organisation.write"
    with pytest.raises(PermissionDenied):
        asked(for_the_team, sales, method="POST")
    with pytest.raises(PermissionDenied):
        asked(for_the_team, make_member(organisation, Role.PARTNER))


def test_strangers_are_sent_to_sign_in_and_back() -> None:
    for view in (for_people, for_the_team):
        answer = asked(view, None)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/place/%3Fa%3D1")


def test_a_piece_of_a_page_sends_the_whole_page_to_sign_in() -> None:
    answer = asked(for_the_team, None, **{"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/accounts/login/?next=/place/%3Fa%3D1"


@pytest.mark.django_db
def test_public_and_signed_in_say_what_they_say() -> None:
    person = make_member(make_organisation())
    assert words(asked(for_all, None)) == words(asked(for_people, person)) == "open"


def test_a_mark_can_be_read() -> None:
    assert mark_of(for_all) == Access(Kind.PUBLIC)
    assert mark_of(for_people) == Access(Kind.SIGNED_IN)
    assert mark_of(for_the_team) == Access(Kind.CAPABILITY, Capability.TEAM_READ, Capability.ORGANISATION_WRITE)
    assert mark_of(forgotten) is None


def test_a_view_without_a_mark_opens_for_nobody() -> None:
    with pytest.raises(ImproperlyConfigured, match="forgotten carries no mark"):
        AccessMiddleware(for_all).process_view(HttpRequest(), forgotten, (), {})
    assert AccessMiddleware(for_all).process_view(HttpRequest(), for_all, (), {}) is None


def test_the_start_up_check_names_a_view_without_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_view_is_marked(app_configs=None) == []
    resolver = get_resolver()
    monkeypatch.setattr(resolver, "url_patterns", [*resolver.url_patterns, path("left/", forgotten, name="left")])
    (error,) = every_view_is_marked(app_configs=None)
    assert error.id == "rapport.E001"
    assert "/left/ (left)" in error.msg


def test_addresses_are_listed_with_their_namespaces() -> None:
    names = {route.name for route in routes(get_resolver())}
    assert {"home", "settings:team", "account_login"} <= names


def test_addresses_of_an_api_are_checked_by_key() -> None:
    inner = path("orders/", lambda _request: HttpResponse(), name="orders")
    known = path("open/", for_all)
    checked_by_key([URLResolver(RegexPattern("^api/"), [inner]), known])
    assert mark_of(inner.callback) == Access(Kind.KEY)
    assert mark_of(known.callback) == Access(Kind.PUBLIC)
    assert isinstance(inner, URLPattern)


@pytest.mark.django_db
def test_rows_are_found_under_the_capability_of_the_view() -> None:
    ours, theirs = make_organisation(), make_organisation("Nordkap")
    person, stranger = make_member(ours), make_member(theirs)
    request = Request()
    request.actor, request.capability = actor_of(person), Capability.TEAM_READ
    assert find_or_404(request, Organisation.objects.all(), pk=ours.id) == ours
    assert [membership.person for membership in visible(request, Membership.objects.all())] == [person]
    with pytest.raises(Http404):
        find_or_404(request, Organisation.objects.all(), pk=theirs.id)
    request.actor = ANONYMOUS
    assert not visible(request, Membership.objects.filter(person=stranger)).exists()


def test_a_refusal_that_no_view_caught_is_said_on_a_page() -> None:
    middleware = AccessMiddleware(for_all)
    request = RequestFactory().get("/place/")
    answer = middleware.process_exception(request, Refusal("Already paid."))
    assert answer is not None
    assert (answer.status_code, "Already paid." in words(answer)) == (422, True)
    with pytest.raises(Http404):
        middleware.process_exception(request, NotFound())
    assert middleware.process_exception(request, ZeroDivisionError()) is None


def test_a_missing_right_is_told_with_its_reason() -> None:
    answer = forbidden(RequestFactory().get("/place/"), PermissionDenied("Ask the owner."))
    assert (answer.status_code, "Ask the owner." in words(answer)) == (403, True)


class Order(forms.Form):
    """A form to be refused."""

    code = forms.CharField()


def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    form = Order({"code": "x"})
    show_refusal(form, BadInput("Look again.", fields={"code": "Unknown code."}))
    assert form.errors == {"code": ["Unknown code."]}
    form = Order({"code": "x"})
    show_refusal(form, BadInput("Look again.", fields={"code": "Unknown code.", "elsewhere": "No."}))
    assert form.errors == {"code": ["Unknown code."], "__all__": ["Look again."]}
    form = Order({"code": "x"})
    show_refusal(form, Refusal("Already paid."))
    assert form.non_field_errors() == ["Already paid."]


def words(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_no_proxy_keeps_a_page_and_a_page_may_say_otherwise() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert AccessMiddleware(for_all)(request)["Cache-Control"] == "private, no-cache"  # type: ignore[arg-type]  # as Django hands it over

    def for_everybody(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("open", headers={"Cache-Control": "public, max-age=60"})

    assert AccessMiddleware(for_everybody)(request)["Cache-Control"] == "public, max-age=60"  # type: ignore[arg-type]  # see above
