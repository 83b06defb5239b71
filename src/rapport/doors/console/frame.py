"""The frame of the program pages: which program, the places that this person's role includes, and what waits there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import can
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import all_programs, programs_of
from rapport.apps.record.actors import Actor
from rapport.doors.access import Request, find_or_404
from rapport.doors.console.places import groups_of
from rapport.doors.ui.shell import Person, ProgramChoice, console_shell
from rapport.flows.waiting import count_waiting


def program_or_404(request: Request, program_id: str) -> Program:
    """Return the program of this address, if the caller may do there what the view is for."""
    return find_or_404(request, all_programs(), pk=program_id)


def program_page(
    request: Request, template: str, *, program: Program, status: int = 200, **content: object
) -> HttpResponse:
    """Render one page of a program inside the team's frame."""
    counts = count_waiting(program)
    shell = console_shell(
        groups=groups_of(program, counts=counts, may=lambda capability: can(request.actor, capability, program)),
        person=_person(request, program),
        programs=_choices(request.actor, current=program),
        path=request.path,
    )
    context = {**shell, "program_row": program, "zone": program.zone, "counts": counts, **content}
    return render(request, f"console/{template}", context, status=status)


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
            note=_("%(workspace)s, %(currency)s") % {"workspace": program.workspace.name, "currency": program.currency},
            current=program == current,
        )
        for program in programs_of(actor)
    ]
