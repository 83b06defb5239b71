"""Pages of the outbox: mail that this workspace sent or is about to send."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.apps.delivery.models import Mail
from rapport.apps.delivery.queries import mail_is_sent, may_be_read, outbox
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.identity.queries import open_invitations_of
from rapport.apps.identity.rights import Capability, can
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.settings.frame import settings_page, workspace_or_404

SHOWN = 50


@require_safe
@allow(Capability.OUTBOX_READ)
def letters(request: Request, organisation_id: str) -> HttpResponse:
    """List the newest mail of a workspace; codes for signing in belong to their readers and never stand here."""
    workspace = workspace_or_404(request, organisation_id)
    mail = outbox().filter(workspace_id=workspace.id)[:SHOWN]
    return settings_page(request, "outbox.html", workspace=workspace, letters=mail, is_sent=mail_is_sent())


@never_cache
@require_safe
@allow(Capability.OUTBOX_READ)
def letter(request: Request, organisation_id: str, mail_id: str) -> HttpResponse:
    """Show one mail."""
    workspace = workspace_or_404(request, organisation_id)
    mail = find_or_404(request, outbox().filter(workspace_id=workspace.id), pk=mail_id)
    shown = may_be_read(mail) and not _makes_an_owner(request, workspace, mail)
    return settings_page(request, "letter.html", workspace=workspace, letter=mail, may_be_read=shown)


def _makes_an_owner(request: Request, workspace: Organisation, mail: Mail) -> bool:
    """Say whether the mail would make its reader an owner, which only an owner may hand over."""
    if can(request.actor, Capability.ORGANISATION_WRITE, workspace):
        return False
    return open_invitations_of(workspace.id).filter(role=Role.OWNER, email=mail.recipient).exists()
