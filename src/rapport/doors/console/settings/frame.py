"""The frame of the settings pages: which workspace, and the places that this person's role includes."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.identity.queries import organisations, workspaces_of
from rapport.apps.identity.rights import Capability, can
from rapport.apps.record.actors import Actor
from rapport.doors.access import Request, find_or_404
from rapport.doors.ui.shell import Group, Person, Place, ProgramChoice, console_shell


def workspace_or_404(request: Request, organisation_id: str) -> Organisation:
    """Return the workspace of this address, if the caller may do there what the view is for."""
    return find_or_404(request, organisations(), pk=organisation_id)


def settings_page(
    request: Request, template: str, *, workspace: Organisation, status: int = 200, **content: object
) -> HttpResponse:
    """Render one page of the settings inside the team's frame."""
    shell = console_shell(
        groups=[group for group in _groups(request.actor, workspace=workspace) if group.items],
        person=_person(request, workspace=workspace),
        programs=_choices(workspaces_of(request.actor), current=workspace),
        path=request.path,
    )
    return render(request, f"console/settings/{template}", {**shell, "workspace": workspace, **content}, status=status)


def _groups(actor: Actor, *, workspace: Organisation) -> list[Group]:
    def place(label: str, *, name: str, icon: str, capability: Capability) -> tuple[Place, ...]:
        allowed = can(actor, capability, workspace)
        return (Place(label, reverse(f"settings:{name}", args=[workspace.id]), icon=icon),) if allowed else ()

    return [
        Group(_("Programs"), (Place(_("To the programs"), "/console/", icon="arrow-left"),)),
        Group(
            _("Workspace"),
            (
                *place(_("Team"), name="team", icon="users", capability=Capability.TEAM_READ),
                *place(_("API keys"), name="keys", icon="key-round", capability=Capability.KEY_READ),
                *place(_("Exchange rates"), name="rates", icon="banknote", capability=Capability.RATE_READ),
                *place(_("Organisation"), name="organisation", icon="building-2", capability=Capability.TEAM_READ),
            ),
        ),
        Group(
            _("On record"),
            (
                *place(_("Audit trail"), name="audit", icon="history", capability=Capability.AUDIT_READ),
                *place(_("Outbox"), name="outbox", icon="mail", capability=Capability.OUTBOX_READ),
                *place(_("Mail"), name="mail", icon="send", capability=Capability.OUTBOX_READ),
                *place(_("Backups"), name="backups", icon="folder", capability=Capability.JOB_READ),
                *place(_("Suppressed addresses"), name="suppressions", icon="ban", capability=Capability.OUTBOX_READ),
            ),
        ),
    ]


def _person(request: Request, *, workspace: Organisation) -> Person:
    roles = [seat.role for seat in request.actor.seats if seat.organisation_id == workspace.id]
    return Person(
        str(request.user),
        note=Role(roles[0]).label if roles else "",
        settings_url=reverse("account"),
        sign_out_url=reverse("account_logout"),
    )


def _choices(workspaces: QuerySet[Organisation], *, current: Organisation) -> list[ProgramChoice]:
    return [
        ProgramChoice(
            workspace.name,
            url=reverse("settings:team", args=[workspace.id]),
            note=_("Settings"),
            current=workspace == current,
        )
        for workspace in workspaces
    ]
