"""Page of the organisation: what it is called and where it is found."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.actions import change_organisation
from rapport.apps.identity.inputs import OrganisationInput
from rapport.apps.identity.models import Organisation
from rapport.apps.identity.rights import Capability, can
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, given, show_refusal
from rapport.doors.console.settings.forms import OrganisationForm
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.TEAM_READ, post=Capability.ORGANISATION_WRITE)
def organisation(request: Request, organisation_id: str) -> HttpResponse:
    """Show the organisation to its team; its owner changes it."""
    workspace = workspace_or_404(request, organisation_id)
    known = {"name": workspace.name, "website": workspace.website, "country": workspace.country}
    form = OrganisationForm(given(request), initial=known)
    if request.method == "POST" and form.is_valid() and _changed(request, workspace, form=form):
        messages.success(request, _("The organisation is changed."))
        return redirect("settings:organisation", workspace.id)
    return settings_page(
        request,
        "organisation.html",
        workspace=workspace,
        status=422 if form.errors else 200,
        form=form,
        may_change=can(request.actor, Capability.ORGANISATION_WRITE, workspace),
    )


def _changed(request: Request, workspace: Organisation, *, form: OrganisationForm) -> bool:
    try:
        said = read_input(OrganisationInput, form.cleaned_data)
        change_organisation(organisation_id=workspace.id, given=said, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
