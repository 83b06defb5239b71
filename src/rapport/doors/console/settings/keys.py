"""Pages of API keys: made here, shown once, revoked here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.actions import IssuedKey, make_key, revoke_key
from rapport.apps.identity.inputs import KeyInput
from rapport.apps.identity.models import Organisation
from rapport.apps.identity.queries import keys_of
from rapport.apps.identity.rights import Capability
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.console.settings.forms import KeyForm
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.kit.clock import now


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.KEY_READ, post=Capability.KEY_WRITE)
def keys(request: Request, organisation_id: str) -> HttpResponse:
    """Show the keys of a workspace; make one more, whose secret stands on this answer and nowhere else."""
    workspace = workspace_or_404(request, organisation_id)
    form, issued = KeyForm(given(request)), None
    if request.method == "POST" and form.is_valid():
        issued = _made(request, workspace, form=form)
    return settings_page(
        request,
        "keys.html",
        workspace=workspace,
        status=422 if form.errors else 200,
        form=KeyForm() if issued else form,
        issued=issued,
        keys=keys_of(workspace.id),
    )


@require_POST
@allow(Capability.KEY_WRITE)
def revoke(request: Request, organisation_id: str, key_id: str) -> HttpResponse:
    """Let a key open nothing any more."""
    workspace = workspace_or_404(request, organisation_id)
    key = find_or_404(request, keys_of(workspace.id), pk=key_id)
    revoke_key(key_id=key.id, by=request.actor, at=now())
    messages.success(request, _("The key opens nothing any more."))
    return redirect("settings:keys", workspace.id)


def _made(request: Request, workspace: Organisation, *, form: KeyForm) -> IssuedKey | None:
    try:
        wanted = read_input(KeyInput, form.cleaned_data)
        return make_key(organisation_id=workspace.id, given=wanted, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None
