"""The draft of the terms as YAML: the same document, the same checks, each problem at its line."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability
from rapport.apps.programs.actions import save_draft
from rapport.apps.programs.models import Program
from rapport.domain.terms import Problems, Terms, canonical, parse
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.pages import lead_to
from rapport.doors.console.program.terms import draft_of, reading
from rapport.doors.console.program.yaml_text import NotYaml, read_yaml, write_yaml
from rapport.kit.clock import now


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to mend: the line, the place in the document (empty: the text itself), and what to do."""

    line: int
    path: str
    sentence: str


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.TERMS_WRITE)
def as_yaml(request: Request, program_id: str) -> HttpResponse:
    """Show the draft as YAML; keep what was written when it can be used."""
    program = program_or_404(request, program_id)
    if request.method != "POST":
        draft = draft_of(program)
        return _page(request, program, text=write_yaml(canonical(draft)), terms=draft)
    text = request.POST.get("document", "")
    read = _read(text, program)
    if isinstance(read, list):
        return _page(request, program, text=text, wrong=read)
    if "look" in request.POST:
        return _page(request, program, text=text, terms=read)
    save_draft(program_id=program.id, document=canonical(read), by=request.actor, at=now())
    messages.success(request, _("The draft is kept. Partners see it when you publish it."))
    return lead_to("terms", program)


def _read(text: str, program: Program) -> Terms | list[Wrong]:
    written = read_yaml(text)
    if isinstance(written, NotYaml):
        return [Wrong(written.line, "", written.sentence)]
    terms = parse(written.document, currency=program.currency, speech=translation)
    if isinstance(terms, Problems):
        return [Wrong(written.line_of(problem.path), problem.path, problem.sentence) for problem in terms]
    return terms


def _page(
    request: Request, program: Program, *, text: str, terms: Terms | None = None, wrong: list[Wrong] | None = None
) -> HttpResponse:
    return program_page(
        request,
        "program/yaml.html",
        program=program,
        status=422 if wrong else 200,
        text=text,
        wrong=wrong or [],
        read=reading(program, terms) if terms else None,
    )
