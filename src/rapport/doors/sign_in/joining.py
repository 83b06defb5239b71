"""Coming in by a one-time address: the first owner's, and everybody's who was invited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import login
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.actions import note_opened, note_sign_in, start_workspace
from rapport.apps.identity.errors import InvitationClosed
from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.identity.models import Invitation, Person, Role
from rapport.apps.identity.queries import open_invitation, person_with_address
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, given, public, show_refusal
from rapport.doors.sign_in.forms import PartnerJoinForm, StartForm, TeammateJoinForm
from rapport.doors.ui.shell import focus_shell
from rapport.flows.accepting import come_in, proposals_to
from rapport.flows.admission import wording
from rapport.kit.clock import now


@dataclass(frozen=True, slots=True)
class Offered:
    """The terms of one program as an invited partner reads them before it accepts."""

    program: Program
    version: TermsVersion
    sentences: tuple[str, ...]


READ_VERSIONS = "read_versions"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def start(request: Request, secret: str) -> HttpResponse:
    """Let the first owner name the workspace and come in."""
    invitation = _opened(secret)
    if invitation is None or invitation.organisation_id is not None:
        return _closed(request)
    form = StartForm(given(request))
    if request.method == "POST" and form.is_valid():
        person = _tried(form, lambda: _started(secret, form=form))
        if person:
            return _come_in(request, person)
    return _page(request, "sign_in/start.html", form=form)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def join(request: Request, secret: str) -> HttpResponse:
    """Let an invited person in: a new one by name, one who has an account after signing in."""
    invitation = _opened(secret)
    if invitation is None or invitation.organisation_id is None:
        return _closed(request)
    known = person_with_address(invitation.email)
    if known:
        return _join_known(request, secret, known=known, invitation=invitation)
    form = _join_form(invitation)(given(request), initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        person = _tried(form, lambda: _joined(request, secret, **form.cleaned_data))
        if person:
            return _come_in(request, person)
    return _page(request, "sign_in/join.html", form=form, invitation=invitation, **_told(invitation))


def _join_known(request: Request, secret: str, *, known: Person, invitation: Invitation) -> HttpResponse:
    """Join with one click; whoever has not signed in as the invited person is refused by the action."""
    if request.method == "POST":
        visitor = request.user if isinstance(request.user, Person) else None
        _joined(request, secret, signed_in=visitor)
        return redirect("home")
    return _page(
        request,
        "sign_in/join_known.html",
        invitation=invitation,
        is_visitor=request.user == known,
        **_told(invitation),
    )


def _joined(
    request: Request,
    secret: str,
    **given: Any,  # noqa: ANN401 - what the form gives
) -> Person:
    """Join; whoever was brought along accepts with it the terms that stood on the page, and no others."""
    return come_in(
        secret=secret,
        read_versions=request.POST.get(READ_VERSIONS, "").split(),
        at=now(),
        **given,
    )


def _told(invitation: Invitation) -> dict[str, Any]:
    """Return what an invited partner reads, and the ids that say so when it accepts."""
    offered = _offered(invitation)
    return {"offered": offered, READ_VERSIONS: " ".join(one.version.id for one in offered)}


def _offered(invitation: Invitation) -> list[Offered]:
    """Return what an invited partner accepts by joining, with all that goes on for it."""
    if invitation.role != Role.PARTNER or invitation.organisation_id is None:
        return []
    at = now()
    return [
        Offered(agreement.program, version, tuple(wording(version, currency=agreement.program.currency).splitlines()))
        for agreement, version in proposals_to(invitation.organisation_id, at=at)
    ]


def _opened(secret: str) -> Invitation | None:
    try:
        invitation = open_invitation(secret=secret, at=now())
    except InvitationClosed:
        return None
    note_opened(invitation_id=invitation.id, at=now())
    return invitation


def _closed(request: Request) -> HttpResponse:
    """Say the same for an address that was used, revoked, too old or never given."""
    return render(request, "refused.html", focus_shell() | {"refusal": InvitationClosed()}, status=410)


def _join_form(invitation: Invitation) -> type[Form]:
    return PartnerJoinForm if invitation.role == Role.PARTNER else TeammateJoinForm


def _started(secret: str, *, form: StartForm) -> Person:
    given = form.cleaned_data
    return start_workspace(
        secret=secret,
        organisation=read_input(OrganisationInput, {"name": given["organisation"]}),
        person=read_input(PersonInput, {"name": given["name"], "email": given["email"]}),
        password=given["password"],
        at=now(),
    )


def _tried(form: Form, act: Callable[[], Person]) -> Person | None:
    try:
        return act()
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


def _come_in(request: Request, person: Person) -> HttpResponse:
    login(request, person, backend=_BACKEND)
    note_sign_in(person_id=person.pk, at=now())
    return redirect("home")


def _page(request: Request, template: str, *, form: Form | None = None, **more: object) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    return render(request, template, focus_shell() | {"form": form, **more}, status=status)
