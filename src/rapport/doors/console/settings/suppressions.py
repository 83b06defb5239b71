"""Pages of suppressions: addresses that get no more mail, why, and how to lift that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.delivery.actions import lift_suppression, suppress_by_hand
from rapport.apps.delivery.inputs import SuppressionInput
from rapport.apps.delivery.queries import suppressions_of
from rapport.apps.identity.models import Organisation
from rapport.apps.identity.rights import Capability, can
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.console.settings.forms import SuppressionForm
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.kit.clock import now

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.OUTBOX_READ, post=Capability.OUTBOX_WRITE)
def suppressions(request: Request, organisation_id: str) -> HttpResponse:
    """Show which addresses get no mail of this workspace; put one there by hand."""
    workspace = workspace_or_404(request, organisation_id)
    form = SuppressionForm(given(request))
    if request.method == "POST" and form.is_valid() and _suppressed(request, workspace, form=form):
        messages.success(request, _("Nothing more is sent to this address."))
        return redirect("settings:suppressions", workspace.id)
    return settings_page(
        request,
        "suppressions.html",
        workspace=workspace,
        status=422 if form.errors else 200,
        form=form,
        suppressions=suppressions_of(workspace.id)[:SHOWN],
        may_change=can(request.actor, Capability.OUTBOX_WRITE, workspace),
    )


@require_POST
@allow(Capability.OUTBOX_WRITE)
def lift(request: Request, organisation_id: str, suppression_id: str) -> HttpResponse:
    """Let mail go to an address again."""
    workspace = workspace_or_404(request, organisation_id)
    row = find_or_404(request, suppressions_of(workspace.id), pk=suppression_id)
    lift_suppression(suppression_id=row.id, by=request.actor, at=now())
    messages.success(request, _("Mail goes to this address again."))
    return redirect("settings:suppressions", workspace.id)


def _suppressed(request: Request, workspace: Organisation, *, form: SuppressionForm) -> bool:
    try:
        said = read_input(SuppressionInput, form.cleaned_data)
        suppress_by_hand(workspace_id=workspace.id, given=said, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
