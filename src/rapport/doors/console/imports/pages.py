"""Pages of imports: the list with the upload, one import in each of its states, its report."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.imports.errors import FileGone
from rapport.apps.imports.models import BroughtLine, ImportRun, RunState, Subject
from rapport.apps.imports.queries import brought_by, profiles_of, runs_of, validations_of
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.imports.forms import LONGEST_REASON, ChoicesForm, UndoForm, UploadForm
from rapport.doors.console.imports.sums import sums_of
from rapport.doors.console.paging import Page, page_of, place_of
from rapport.flows.importing.files import Look, look_into, report_path
from rapport.flows.importing.ordering import (
    bring_upload,
    first_reported,
    judge_double,
    layout_of,
    order_check,
    order_import,
)
from rapport.flows.importing.partners.undoing import undo_import
from rapport.flows.importing.validations.running import intention_of, may_be_confirmed_again
from rapport.flows.offers import load_offer
from rapport.kit.clock import now

SHOWN = 50
BROUGHT_SHOWN = 200
STAYS_SHOWN = 10
_PIECE = 1 << 16
AT_WORK = (RunState.CHECKING, RunState.RUNNING)
_NEEDED = {
    Subject.PARTNERS: (Capability.PARTNER_WRITE, Capability.TERMS_WRITE),
    Subject.VALIDATIONS: (Capability.CONVERSION_DECIDE,),
}
"""What else somebody must be allowed who brings such a file: it promises rates, or decides about orders."""


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.CONVERSION_REPORT)
def imports(request: Request, program_id: str) -> HttpResponse:
    """Show the imports of a program, newest first; take a file."""
    program = program_or_404(request, program_id)
    may = [subject for subject in Subject if _may(request, program, subject)]
    asked = request.GET.get("subject", "")
    form = UploadForm(
        given(request),
        request.FILES or None,
        may=may,
        initial={"subject": asked if asked in may else Subject.ORDERS.value},
    )
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
    program, run = _found(request, program_id, run_id, changes=True)
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
    program, run = _found(request, program_id, run_id, changes=True)
    order_import(run, by=request.actor, at=now())
    words = {
        Subject.VALIDATIONS: _("Confirmed. It happens in ten seconds; until then it can be taken back."),
    }.get(Subject(run.subject), _("The import has begun."))
    return done(request, words, name="import", at=(program.id, run.id))


@require_POST
@allow(Capability.TERMS_WRITE)
def double(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Say of a probable double whether it is the same partner; the file is checked anew."""
    program, run = _found(request, program_id, run_id, changes=True)
    line = place_of(request.POST.get("line", ""))
    if line is None or request.POST.get("choice") not in {"together", "apart"}:
        raise BadInput(_("Choose whether this line is the same partner."))
    judge_double(run, line=line, together=request.POST["choice"] == "together", by=request.actor, at=now())
    return done(request, _("The file is being checked anew."), name="import", at=(program.id, run.id))


@require_POST
@allow(Capability.TERMS_WRITE)
def undo(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Take an import of partners back, as far as nobody earned; who accepted is told the `reason`."""
    program, run = _found(request, program_id, run_id, changes=True)
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    undone = undo_import(run=run, by=request.actor, at=now(), reason=reason)
    words = ngettext("%(n)s partner was taken back.", "%(n)s partners were taken back.", undone.agreements)
    for stays in undone.stays[:STAYS_SHOWN]:
        messages.warning(request, f"{stays.agreement.partner.name}: {stays.sentence}")
    return done(request, words % {"n": undone.agreements}, name="import", at=(program.id, run.id))


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


def _may(request: Request, program: Program, subject: str) -> bool:
    needed = _NEEDED.get(Subject(subject), (Capability.CONVERSION_REPORT,))
    return all(can(request.actor, capability, program) for capability in needed)


def _found(request: Request, program_id: str, run_id: str, *, changes: bool = False) -> tuple[Program, ImportRun]:
    program = program_or_404(request, program_id)
    run = find_or_404(request, runs_of(program.id), pk=run_id)
    if changes and not _may(request, program, run.subject):
        raise PermissionDenied(_("Your role does not include this kind of file."))
    return program, run


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
        at_work=run.state in AT_WORK and not may_be_confirmed_again(run),
        rows=first_reported(run, most=SHOWN) if run.figures else (),
        profiles=profiles_of(program.id, subject=run.subject),
        figures=_figures(run),
        may_change=_may(request, program, run.subject),
        **_more(run, program),
    )


def _more(run: ImportRun, program: Program) -> dict[str, object]:
    """Return what only some kinds of files have to show."""
    if run.subject == Subject.PARTNERS:
        brought = brought_by(run.id)
        return {
            "doubles": run.figures.get("doubles", ()),
            "brought": [] if run.state != RunState.DONE else list(brought[:BROUGHT_SHOWN]),
            "taken_back": _taken_back(brought),
            "undo_form": UndoForm(),
            "may_undo": run.state == RunState.DONE and brought.filter(made=True, undone_at__isnull=True).exists(),
        }
    if run.subject == Subject.VALIDATIONS:
        return {
            "sums": sums_of(run, currency=program.currency),
            "intention": intention_of(run),
            "refused_later": list(validations_of(run.id).exclude(outcome="")[:SHOWN]),
            "again": may_be_confirmed_again(run),
        }
    return {}


def _taken_back(brought: QuerySet[BroughtLine]) -> dict[str, object]:
    """Return how many partners that the file brought were taken back, and when the last one was."""
    return brought.filter(made=True, undone_at__isnull=False).aggregate(n=Count("id"), at=Max("undone_at"))


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
        "partners": _("%(n)s lines brought") % told,
    }.get(run.phase, _("It begins in a moment."))


def _figures(run: ImportRun) -> Sequence[tuple[str, int]]:
    words = {
        "lines": _("Lines read"),
        "accepted": _("Accepted"),
        "merged": _("Merged into a partner"),
        "settled": _("Nothing to do"),
        "refused": _("Refused"),
        "waiting": _("Waiting"),
        "orders": _("Orders"),
        "corrections": _("Corrections"),
        "returns": _("Returned products"),
        "codes": _("Codes"),
        "old_links": _("Old links"),
        "own_rates": _("Own rates"),
    }
    return [(word, run.figures[name]) for name, word in words.items() if name in run.figures]
