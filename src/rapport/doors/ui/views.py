"""The page of all components, for whoever builds pages; merchants, partners and figures on it are invented."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.rights import Capability
from rapport.doors.access import allow
from rapport.doors.ui import specimens
from rapport.doors.ui.shell import console_shell, focus_shell, portal_shell, public_shell


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.TEAM_READ)
def design(request: HttpRequest) -> HttpResponse:
    """Every component in every state, inside the team's frame."""
    form = specimens.Application(request.POST) if request.method == "POST" else specimens.refused_application()
    shell = console_shell(
        groups=specimens.groups(),
        person=specimens.person(),
        programs=specimens.programs(),
        path=request.path,
        find_url="#fields",
    )
    context = {**shell, **specimens.everything(), "form": form}
    return render(request, "ui/design.html", context, status=_status(request, form))


def _status(request: HttpRequest, form: forms.Form) -> int:
    return 422 if request.method == "POST" and not form.is_valid() else 200


@require_safe
@allow(Capability.TEAM_READ)
def design_portal(request: HttpRequest) -> HttpResponse:
    """The partner's frame with the parts of its first page."""
    shell = portal_shell(
        brand=specimens.brand(reverse("ui:design-portal")),
        places=specimens.portal_places(),
        person=specimens.person(),
        path=request.path,
    )
    return render(request, "ui/design_portal.html", {**shell, **specimens.everything()})


@require_safe
@allow(Capability.TEAM_READ)
def design_public(request: HttpRequest) -> HttpResponse:
    """The public frame with the parts of a program's page."""
    shell = public_shell(
        brand=specimens.brand(reverse("ui:design-public")),
        places=specimens.public_places(),
        action=specimens.sign_in(),
        footer=specimens.public_footer(),
        footer_note="Marlow & Lind, Hamburg",
    )
    return render(
        request, "ui/design_public.html", {**shell, **specimens.everything(), "form": specimens.Application()}
    )


@require_safe
@allow(Capability.TEAM_READ)
def design_focus(request: HttpRequest) -> HttpResponse:
    """The narrow frame of sign-in and invitations."""
    return render(request, "ui/design_focus.html", {**focus_shell(), "form": specimens.SignIn()})
