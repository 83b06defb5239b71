"""Pages of the outbox: mail that this workspace sent or is about to send."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.delivery.actions import send_mail_again
from rapport.apps.delivery.models import Mail, MailState
from rapport.apps.delivery.queries import mail_is_sent, may_be_read, may_be_sent_again, outbox
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.identity.queries import open_invitations_of
from rapport.apps.identity.rights import Capability, can
from rapport.apps.record.errors import Refusal
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.kit.clock import now

SHOWN = 50


@require_safe
@allow(Capability.OUTBOX_READ)
def letters(request: Request, organisation_id: str) -> HttpResponse:
    """List the newest mail of a workspace; codes for signing in belong to their readers and never stand here."""
    workspace = workspace_or_404(request, organisation_id)
    mail, state = outbox().filter(workspace_id=workspace.id), request.GET.get("state", "")
    counted = dict(mail.order_by().values_list("state").annotate(Count("id")))
    return settings_page(
        request,
        "outbox.html",
        workspace=workspace,
        letters=mail.filter(state=state)[:SHOWN] if state in MailState.values else mail[:SHOWN],
        states=[(one.value, one.label, counted[one.value]) for one in MailState if one.value in counted],
        chosen=state,
        is_sent=mail_is_sent(),
    )


@never_cache
@require_safe
@allow(Capability.OUTBOX_READ)
def letter(request: Request, organisation_id: str, mail_id: str) -> HttpResponse:
    """Show one mail."""
    workspace = workspace_or_404(request, organisation_id)
    mail = find_or_404(request, outbox().filter(workspace_id=workspace.id), pk=mail_id)
    shown = may_be_read(mail) and not _makes_an_owner(request, workspace, mail)
    again = may_be_sent_again(mail) and can(request.actor, Capability.OUTBOX_WRITE, workspace)
    return settings_page(
        request,
        "letter.html",
        workspace=workspace,
        letter=mail,
        reports=mail.reports.order_by("at"),
        may_be_read=shown,
        may_be_sent_again=again,
    )


@require_POST
@allow(Capability.OUTBOX_WRITE)
def again(request: Request, organisation_id: str, mail_id: str) -> HttpResponse:
    """Try a mail once more."""
    workspace = workspace_or_404(request, organisation_id)
    mail = find_or_404(request, outbox().filter(workspace_id=workspace.id), pk=mail_id)
    try:
        send_mail_again(mail_id=mail.id, by=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The mail is sent again."))
    return redirect("settings:letter", workspace.id, mail.id)


def _makes_an_owner(request: Request, workspace: Organisation, mail: Mail) -> bool:
    """Say whether the mail would make its reader an owner, which only an owner may hand over."""
    if can(request.actor, Capability.ORGANISATION_WRITE, workspace):
        return False
    return open_invitations_of(workspace.id).filter(role=Role.OWNER, email=mail.recipient).exists()
