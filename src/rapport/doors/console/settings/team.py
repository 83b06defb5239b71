"""Team pages: people and their roles, invitations."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.delivery.queries import mail_is_sent
from rapport.apps.identity.actions import change_role, end_membership, revoke_invitation
from rapport.apps.identity.inputs import TeammateInput
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.identity.queries import open_invitations_of, team_of, workspaces_of
from rapport.apps.identity.rights import Capability, can
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.console.settings.forms import InviteForm, RoleForm
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.flows.invitations import invite_teammate
from rapport.kit.clock import now


@require_safe
@allow(Capability.TEAM_READ)
def home(request: Request) -> HttpResponse:
    """Lead to the settings of the first workspace."""
    workspace = workspaces_of(request.actor).first()
    return redirect("settings:team", workspace.id) if workspace else redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.TEAM_READ, post=Capability.TEAM_WRITE)
def team(request: Request, organisation_id: str) -> HttpResponse:
    """Show who belongs to the team and who is invited; invite one more."""
    workspace = workspace_or_404(request, organisation_id)
    form = InviteForm(given(request))
    if request.method == "POST" and form.is_valid() and _invited(request, workspace, form=form):
        messages.success(request, _on_its_way())
        return redirect("settings:team", workspace.id)
    return settings_page(
        request,
        "team.html",
        workspace=workspace,
        status=422 if form.errors else 200,
        form=form,
        members=team_of(workspace.id),
        invitations=open_invitations_of(workspace.id),
        at=now(),
        may_change=can(request.actor, Capability.TEAM_WRITE, workspace),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.TEAM_READ, post=Capability.TEAM_WRITE)
def member(request: Request, organisation_id: str, membership_id: str) -> HttpResponse:
    """Show one member; change the role."""
    workspace = workspace_or_404(request, organisation_id)
    membership = find_or_404(request, team_of(workspace.id), pk=membership_id)
    form = RoleForm(given(request), initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            role = Role(form.cleaned_data["role"])
            change_role(membership_id=membership.id, role=role, by=request.actor, at=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The role holds from now on."))
            return redirect("settings:team", workspace.id)
    return settings_page(
        request,
        "member.html",
        workspace=workspace,
        status=422 if form.errors else 200,
        form=form,
        membership=membership,
        may_change=can(request.actor, Capability.TEAM_WRITE, workspace),
    )


@require_POST
@allow(Capability.TEAM_WRITE)
def end(request: Request, organisation_id: str, membership_id: str) -> HttpResponse:
    """Take somebody out of the team."""
    workspace = workspace_or_404(request, organisation_id)
    membership = find_or_404(request, team_of(workspace.id), pk=membership_id)
    end_membership(membership_id=membership.id, by=request.actor, at=now())
    messages.success(request, _("%(name)s does not belong to the team any more.") % {"name": membership.person.name})
    return redirect("settings:team", workspace.id)


@require_POST
@allow(Capability.TEAM_WRITE)
def revoke(request: Request, organisation_id: str, invitation_id: str) -> HttpResponse:
    """Close an invitation that nobody took up."""
    workspace = workspace_or_404(request, organisation_id)
    invitation = find_or_404(request, open_invitations_of(workspace.id), pk=invitation_id)
    revoke_invitation(invitation_id=invitation.id, by=request.actor, at=now())
    messages.success(request, _("The invitation is closed."))
    return redirect("settings:team", workspace.id)


def _on_its_way() -> str:
    if mail_is_sent():
        return _("The invitation is on its way.")
    return _("The invitation is written. There is no mail server yet: hand over its address from the outbox yourself.")


def _invited(request: Request, workspace: Organisation, *, form: InviteForm) -> bool:
    try:
        invitee = read_input(TeammateInput, form.cleaned_data)
        invite_teammate(organisation_id=workspace.id, given=invitee, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
