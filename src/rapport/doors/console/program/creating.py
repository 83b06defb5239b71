"""The first page of a program: what it is called, where it leads, and the terms to start from."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.apps.identity.models import Organisation
from rapport.apps.identity.queries import workspaces_of
from rapport.apps.identity.rights import Capability, scope
from rapport.apps.programs.actions import create_program
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.domain.money import CURRENCIES
from rapport.domain.terms import Preset, Problems, parse, presets, sentences
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.console.program.forms import NewProgramForm
from rapport.doors.console.program.pages import lead_to
from rapport.doors.ui.shell import focus_shell
from rapport.kit.clock import now

_USUAL_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Start:
    """A preset with what it would promise."""

    preset: Preset
    sentences: tuple[str, ...]


@require_safe
@allow(Capability.PROGRAM_WRITE)
def choose(request: Request) -> HttpResponse:
    """Lead to the form of the first workspace in which the caller may open programs."""
    workspace = scope(request.actor, Capability.PROGRAM_WRITE, workspaces_of(request.actor)).first()
    return redirect("program:create", workspace.id) if workspace else redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_WRITE)
def create(request: Request, organisation_id: str) -> HttpResponse:
    """Create a program in draft and lead to its terms."""
    workspace = find_or_404(request, workspaces_of(request.actor), pk=organisation_id)
    form = NewProgramForm(given(request))
    program = _created(request, workspace, form) if request.method == "POST" and form.is_valid() else None
    if program:
        messages.success(request, _("The program is there. Read its terms, then publish them."))
        return lead_to("terms", program)
    chosen = form["preset"].value() or presets()[0].key
    context = {
        "width": "focus-main-wide",
        "form": form,
        "workspace": workspace,
        "starts": _starts(form["currency"].value()),
        "chosen": chosen,
        "chosen_by_trade": any(preset.key == chosen and preset.by_trade for preset in presets()),
    }
    page = focus_shell() | context
    return render(request, "console/program/new.html", page, status=422 if form.errors else 200)


def _created(request: Request, workspace: Organisation, form: NewProgramForm) -> Program | None:
    known = {preset.key: preset for preset in presets()}
    preset = known.get(form.cleaned_data["preset"], presets()[0])
    try:
        return create_program(
            workspace_id=workspace.id,
            given=read_input(ProgramInput, form.given),
            document=dict(preset.document),
            by=request.actor,
            at=now(),
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


def _starts(currency: object) -> list[Start]:
    """Return the presets in the currency that was chosen."""
    code = currency if isinstance(currency, str) and currency in CURRENCIES else _USUAL_CURRENCY
    return [Start(preset, _promised(preset, currency=code)) for preset in presets(speech=translation)]


def _promised(preset: Preset, *, currency: str) -> tuple[str, ...]:
    terms = parse(preset.document, currency=currency)
    if isinstance(terms, Problems):
        raise TypeError(f"a preset does not parse: {preset.key}")
    return tuple(sentences(terms, speech=translation))
