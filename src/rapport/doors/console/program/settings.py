"""Settings of a program: what a person says about it, and whether it is open."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.actions import change_program, move_program
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.programs.queries import has_entries
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.domain import states
from rapport.doors.access import Request, allow, given, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.forms import ProgramForm, texts_of
from rapport.doors.console.program.pages import lead_to
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.PROGRAM_WRITE)
def settings(request: Request, program_id: str) -> HttpResponse:
    """Show what is said about a program; change it."""
    program = program_or_404(request, program_id)
    form = _form(request, program)
    if request.method == "POST" and form.is_valid() and _changed(request, program, form):
        messages.success(request, _("The settings hold from now on."))
        return lead_to("settings", program)
    return program_page(
        request,
        "program/settings.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        may_write=can(request.actor, Capability.PROGRAM_WRITE, program),
        moves=_moves(program),
    )


@require_POST
@allow(Capability.PROGRAM_WRITE)
def move(request: Request, program_id: str) -> HttpResponse:
    """Open, pause or close a program."""
    program = program_or_404(request, program_id)
    wanted = request.POST.get("state", "")
    if wanted not in _MOVES:
        messages.error(request, _("Choose whether to open, pause or close the program."))
        return lead_to("settings", program)
    try:
        moved = move_program(program_id=program.id, state=ProgramState(wanted), by=request.actor, at=now())
        messages.success(request, _("The program is now: %(state)s.") % {"state": moved.get_state_display().lower()})
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return lead_to("settings", program)


_MOVES = (ProgramState.OPEN, ProgramState.PAUSED, ProgramState.CLOSED)


def _form(request: Request, program: Program) -> ProgramForm:
    form = ProgramForm(given(request), initial=texts_of(program))
    if has_entries(program.id):
        form.fix("currency", "zone", reason=_("Cannot change any more: the books of the program have entries."))
    return form


def _changed(request: Request, program: Program, form: ProgramForm) -> bool:
    try:
        wanted = read_input(ProgramInput, form.given)
        change_program(program_id=program.id, given=wanted, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _moves(program: Program) -> list[str]:
    """Return the states that this one may go to."""
    here = states.ProgramState(program.state)
    return [target.value for target in _MOVES if states.find_move(here, states.ProgramState(target.value))]
