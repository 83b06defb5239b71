"""Pages of imports: the list with the upload, one import in each of its states, its report."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.imports.errors import FileGone
from rapport.apps.imports.models import ImportRun, RunState
from rapport.apps.imports.queries import profiles_of, runs_of
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.imports.forms import ChoicesForm, UploadForm
from rapport.doors.console.paging import Page, page_of
from rapport.flows.importing.files import Look, look_into, report_path
from rapport.flows.importing.ordering import bring_upload, first_reported, layout_of, order_check, order_import
from rapport.flows.offers import load_offer
from rapport.kit.clock import now

SHOWN = 50
_PIECE = 1 << 16
AT_WORK = (RunState.CHECKING, RunState.RUNNING)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.CONVERSION_REPORT)
def imports(request: Request, program_id: str) -> HttpResponse:
    """Show the imports of a program, newest first; take a file."""
    program = program_or_404(request, program_id)
    form = UploadForm(given(request), request.FILES or None, initial={"subject": "orders"})
    begun: list[ImportRun] = []

    def act() -> None:
        file, subject = form.cleaned_data["file"], form.cleaned_data["subject"]
        told = {"program_id": program.id, "subject": subject, "name": file.name or _("file")}
        begun.append(bring_upload(file.chunks(), **told, by=request.actor, at=now()))

    if request.method == "POST" and succeeded(form, act):
        return done(
            request, _("The file is here; nothing of it counts yet."), name="import", at=(program.id, begun[0].id)
        )
    page: Page[ImportRun] = page_of(runs_of(program.id), request)
    status = 422 if form.errors else 200
    most = settings.IMPORT_MOST_BYTES // 1_000_000
    return program_page(request, "imports/list.html", program=program, page=page, form=form, most=most, status=status)


@require_safe
@allow(Capability.CONVERSION_REPORT)
def one(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Show one import: its columns to choose, what it would bring, how far it is, or its report."""
    program, run = _found(request, program_id, run_id)
    return _page(request, program, run)


@require_safe
@allow(Capability.CONVERSION_REPORT)
def progress(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Give how far an import is, as a piece of its page; when it came to rest, let the page load again."""
    program, run = _found(request, program_id, run_id)
    answer = program_page(request, "imports/progress.html", program=program, run=run, words=_words(run))
    if run.state not in AT_WORK:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@allow(Capability.CONVERSION_REPORT)
def columns(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Choose how the file is read, and let it be checked."""
    program, run = _found(request, program_id, run_id)
    look = look_into(run)
    form = _form(request, program, run, look)

    def act() -> None:
        order_check(run, form.chosen(), profile=form.cleaned_data["profile"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(
            request, _("The file is being checked; nothing of it counts yet."), name="import", at=(program.id, run.id)
        )
    return _page(request, program, run, form=form)


@require_POST
@allow(Capability.CONVERSION_REPORT)
def start(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Take the checked file in."""
    program, run = _found(request, program_id, run_id)
    order_import(run, by=request.actor, at=now())
    return done(request, _("The import has begun."), name="import", at=(program.id, run.id))


@require_safe
@allow(Capability.CONVERSION_REPORT)
def report(request: Request, program_id: str, run_id: str) -> StreamingHttpResponse:
    """Give the report: every line that does not count, with its reason."""
    _program, run = _found(request, program_id, run_id)
    path = report_path(run)
    if not path.is_file():
        raise Http404(_("There is no report yet."))
    answer = StreamingHttpResponse(_pieces(path), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{run.id}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _pieces(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece, from when it is asked for."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _found(request: Request, program_id: str, run_id: str) -> tuple[Program, ImportRun]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, runs_of(program.id), pk=run_id)


def _page(request: Request, program: Program, run: ImportRun, *, form: ChoicesForm | None = None) -> HttpResponse:
    look = _look(run)
    if form is None and look:
        form = _form(request, program, run, look)
    return program_page(
        request,
        "imports/one.html",
        program=program,
        status=422 if form and form.errors else 200,
        run=run,
        look=look,
        form=form,
        words=_words(run),
        at_work=run.state in AT_WORK,
        rows=first_reported(run, most=SHOWN) if run.figures else (),
        profiles=profiles_of(program.id, subject=run.subject),
        figures=_figures(run),
    )


def _look(run: ImportRun) -> Look | None:
    """Look into the file while its columns may still be chosen."""
    if run.state not in {RunState.UPLOADED, RunState.CHECKED, RunState.FAILED}:
        return None
    try:
        return look_into(run)
    except FileGone:
        return None


def _form(request: Request, program: Program, run: ImportRun, look: Look) -> ChoicesForm:
    layout = layout_of(run, look.guess, profile=request.GET.get("profile", ""))
    kinds = sorted(load_offer(program.id).frame.kinds)
    return ChoicesForm(given(request), layout=layout, look=look, kinds=kinds)


def _words(run: ImportRun) -> str:
    """Say how far an import is."""
    if run.state == RunState.CHECKING:
        return _("The file is being read.")
    if run.state != RunState.RUNNING:
        return str(run.get_state_display())
    told = {"n": f"{run.position:,}"}
    return {
        "sales": _("%(n)s orders read") % told,
        "corrections": _("%(n)s orders looked through for what was taken back") % told,
        "pieces": _("%(n)s returns kept") % told,
        "matching": _("%(n)s customers looked through for their returns") % told,
        "lines": _("%(n)s lines read") % told,
    }.get(run.phase, _("It begins in a moment."))


def _figures(run: ImportRun) -> Sequence[tuple[str, int]]:
    words = {
        "lines": _("Lines read"),
        "accepted": _("Accepted"),
        "refused": _("Refused"),
        "waiting": _("Waiting"),
        "orders": _("Orders"),
        "corrections": _("Corrections"),
        "returns": _("Returned products"),
    }
    return [(word, run.figures[name]) for name, word in words.items() if name in run.figures]
