"""The frame of the program pages: which program, the places that this person's role includes, and what waits there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import programs_of
from rapport.apps.record.actors import Actor
from rapport.doors.access import Request, find_or_404
from rapport.doors.ui.shell import Group, Person, Place, ProgramChoice, console_shell
from rapport.flows.waiting import Counts, count_waiting


def program_or_404(request: Request, program_id: str) -> Program:
    """Return the program of this address, if the caller may do there what the view is for."""
    return find_or_404(request, Program.objects.select_related("workspace"), pk=program_id)


def program_page(
    request: Request, template: str, *, program: Program, status: int = 200, **content: object
) -> HttpResponse:
    """Render one page of a program inside the team's frame."""
    shell = console_shell(
        groups=[group for group in _groups(request.actor, program, count_waiting(program)) if group.items],
        person=_person(request, program),
        programs=_choices(request.actor, current=program),
        path=request.path,
    )
    context = {**shell, "program_row": program, "zone": program.zone, **content}
    return render(request, f"console/{template}", context, status=status)


def _groups(actor: Actor, program: Program, counts: Counts) -> list[Group]:
    def place(label: str, name: str, icon: str, capability: Capability, count: int | None = None) -> tuple[Place, ...]:
        if not can(actor, capability, program):
            return ()
        return (Place(label, reverse(f"console:{name}", args=[program.id]), icon=icon, count=count or None),)

    return [
        Group(
            _("Work"),
            (
                *place(_("Today"), "today", "inbox", Capability.PROGRAM_READ, counts.together),
                *place(_("Conversions"), "conversions", "receipt", Capability.CONVERSION_READ, counts.conversions),
                *place(_("Commissions"), "commissions", "scale", Capability.COMMISSION_READ, counts.commissions),
            ),
        ),
    ]


def _person(request: Request, program: Program) -> Person:
    roles = [seat.role for seat in request.actor.seats if seat.organisation_id == program.workspace_id]
    return Person(
        str(request.user),
        note=Role(roles[0]).label if roles else "",
        settings_url=reverse("account"),
        sign_out_url=reverse("account_logout"),
    )


def _choices(actor: Actor, *, current: Program) -> list[ProgramChoice]:
    return [
        ProgramChoice(
            program.name,
            url=reverse("console:today", args=[program.id]),
            note=f"{program.workspace.name} · {program.currency}",
            current=program == current,
        )
        for program in programs_of(actor)
    ]
