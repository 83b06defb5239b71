"""Pages of replays: order one for the kept draft, read its answer, keep it as the reason, take tables as files."""

from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.replays.actions import keep_as_reason
from rapport.apps.replays.errors import NoAnswerYet
from rapport.apps.replays.models import Replay, ReplayState
from rapport.apps.replays.queries import all_replays, reason_for_draft, replays_of, shares_of
from rapport.domain.terms import digest
from rapport.doors.access import Request, allow, find_or_404, given, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.doors.console.program.pages import lead_to
from rapport.doors.console.program.terms import draft_of
from rapport.doors.console.replays.forms import ReplayForm, ShareForm
from rapport.doors.ui.replay_rows import Reader, ShownReplay
from rapport.doors.ui.replays import csv_of, shown_replay
from rapport.flows.replaying.asked import Asked, last_year
from rapport.flows.replaying.ordering import order_replay
from rapport.flows.replaying.result import from_document
from rapport.flows.replaying.sharing import share_link
from rapport.flows.replaying.tables import TABLES
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.TERMS_WRITE)
def replays(request: Request, program_id: str) -> HttpResponse:
    """Show the replays of a program, newest first; try the kept draft on the past."""
    program = program_or_404(request, program_id)
    form = _form(request, program)
    if request.method == "POST" and form.is_valid():
        try:
            replay = order_replay(_asked(program, form), by=request.actor, at=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return lead_to("replay", program, replay.id)
    page: Page[Replay] = page_of(replays_of(program.id), request)
    return program_page(
        request,
        "replays/list.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        page=page,
        names=actor_names({(row.actor_kind, row.actor_id) for row in page.rows}),
        reason=reason_for_draft(program.id),
        may_write=can(request.actor, Capability.TERMS_WRITE, program),
    )


@require_safe
@allow(Capability.PROGRAM_READ)
def replay(request: Request, program_id: str, replay_id: str) -> HttpResponse:
    """Show how far a replay is, or what it came to."""
    return replay_page(request, *_found(request, program_id, replay_id))


@require_safe
@allow(Capability.PROGRAM_READ)
def progress(request: Request, program_id: str, replay_id: str) -> HttpResponse:
    """Give how far a replay is, as a piece of its page; when it is done, let the page load again."""
    program, row = _found(request, program_id, replay_id)
    answer = program_page(request, "replays/progress.html", program=program, row=row)
    if row.state != ReplayState.WAITING:
        answer["HX-Refresh"] = "true"
    return answer


@require_safe
@allow(Capability.PROGRAM_READ)
def csv(request: Request, program_id: str, replay_id: str) -> HttpResponse:
    """Give one table of a replay as a file (`?table=`), all rows of it."""
    program, row = _found(request, program_id, replay_id)
    if row.answer is None:
        raise NoAnswerYet
    name = request.GET.get("table", "")
    name = name if name in TABLES else TABLES[0]
    return csv_of(from_document(row.answer), name, names=partner_names(program), file_name=f"replay-{program.slug}")


@require_POST
@allow(Capability.TERMS_WRITE)
def keep(request: Request, program_id: str, replay_id: str) -> HttpResponse:
    """Keep a replay beside the draft that it tried."""
    program, row = _found(request, program_id, replay_id)
    keep_as_reason(replay=row, draft_digest=digest(draft_of(program)), by=request.actor, at=now())
    return lead_to("replay", program, row.id)


def replay_page(
    request: Request, program: Program, row: Replay, *, share_form: ShareForm | None = None
) -> HttpResponse:
    """Render the page of one replay."""
    reason = reason_for_draft(program.id)
    return program_page(
        request,
        "replays/one.html",
        program=program,
        status=422 if share_form and share_form.errors else 200,
        row=row,
        shown=_shown(program, row, by=request.GET.get("by", "")),
        is_of_draft=row.digest == digest(draft_of(program)),
        is_reason=reason is not None and reason.id == row.id,
        partners=[name for key, name in partner_names(program).items() if key in row.partners],
        csv_url=reverse("program:replay-csv", args=[program.id, row.id]),
        share_form=share_form or ShareForm(),
        shares=[(one, request.build_absolute_uri(share_link(one))) for one in shares_of(row.id)],
        at=now(),
        may_write=can(request.actor, Capability.TERMS_WRITE, program),
    )


def partner_names(program: Program) -> dict[str, str]:
    """Return the partners of a program by agreement."""
    return {row.id: row.partner.name for row in agreements_of(program.id)}


def _shown(program: Program, row: Replay, *, by: str) -> ShownReplay | None:
    if row.answer is None:
        return None
    reader = Reader(
        partner_names(program),
        partner_url=lambda key: reverse("console:partner", args=[program.id, key]),
        order_url=lambda key: reverse("console:conversion", args=[program.id, key]),
    )
    return shown_replay(from_document(row.answer), reader, by=by)


def _found(request: Request, program_id: str, replay_id: str) -> tuple[Program, Replay]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, all_replays().filter(program=program), pk=replay_id)


def _form(request: Request, program: Program) -> ReplayForm:
    first_on, last_on = last_year(program, at=now())
    initial: dict[str, object] = {"first_on": _written(first_on), "last_on": _written(last_on)}
    return ReplayForm(given(request), partners=list(partner_names(program).items()), initial=initial)


def _written(day: date) -> str:
    return day.isoformat()


def _asked(program: Program, form: ReplayForm) -> Asked:
    told = form.cleaned_data
    return Asked(
        program=program,
        terms=draft_of(program),
        first_on=told["first_on"],
        last_on=told["last_on"],
        partners=tuple(told["partners"]),
        own_too=told["own_too"],
    )
