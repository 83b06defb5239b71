"""The way to one's places, and one's own account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.actions import change_person
from rapport.apps.identity.queries import is_partner, workspaces_of
from rapport.apps.record.errors import Refusal
from rapport.doors.access import Request, given, show_refusal, signed_in
from rapport.doors.sign_in.forms import AccountForm
from rapport.doors.ui.shell import focus_shell
from rapport.kit.clock import now

CONSOLE = "/console/"
PORTAL = "/portal/"


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    """Lead to the one place that a person has, or let somebody with several choose."""
    workspaces = list(workspaces_of(request.actor))
    partner = is_partner(request.actor)
    if workspaces and not partner:
        return redirect(CONSOLE)
    if partner and not workspaces:
        return redirect(PORTAL)
    places = {"workspaces": workspaces, "partner": partner, "console": CONSOLE, "portal": PORTAL}
    return render(request, "sign_in/home.html", focus_shell() | places)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account(request: Request) -> HttpResponse:
    """Show a person's own account: name, address, password, sign out."""
    form = AccountForm(given(request), initial={"name": str(request.user)})
    if request.method == "POST" and form.is_valid():
        try:
            change_person(person_id=request.actor.id, name=form.cleaned_data["name"], by=request.actor, at=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your name is changed."))
            return redirect("account")
    return render(request, "sign_in/account.html", focus_shell() | {"form": form}, status=422 if form.errors else 200)
