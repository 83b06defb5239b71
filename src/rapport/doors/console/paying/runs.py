"""Pages of payout runs: what is due, one run with its rows, its approval, its files and the bank's answers."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.payouts import actions
from rapport.apps.payouts.files import digest_of_file, file_of, payouts_in_file
from rapport.apps.payouts.models import MethodKind, PayoutRun, PayoutState
from rapport.apps.payouts.queries import counts_by_state, payouts_of_run, runs_of, runs_to_approve, verdicts_of
from rapport.apps.programs.models import Program
from rapport.domain.money import Money
from rapport.domain.payouts import Verdict
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.doors.console.paying.forms import AnswerFileForm, ApproveForm, PrepareForm, WhyForm
from rapport.flows import paying, payout_runs
from rapport.flows.paying_jobs import fill_run, release_run, send_run
from rapport.kit.clock import now
from rapport.kit.ids import random_token

ON_A_PAGE = 50
AT_ONCE = 200
"""Up to so many payouts are noted as sent while the page waits; more are left to the worker."""


@require_safe
@allow(Capability.PAYOUT_READ)
def payouts(request: Request, program_id: str) -> HttpResponse:
    """Show the runs, newest first, and what a run would pay if it were prepared now (`?verdict=` shows its rows)."""
    program = program_or_404(request, program_id)
    return _overview(request, program, at=now())


@require_POST
@allow(Capability.PAYOUT_WRITE)
def prepare(request: Request, program_id: str) -> HttpResponse:
    """Open a run; the worker looks at every partner."""
    program = program_or_404(request, program_id)
    form = PrepareForm(request.POST)
    opened: list[PayoutRun] = []

    def act() -> None:
        told = form.cleaned_data
        run = actions.prepare_run(program=program, pay_on=told["pay_on"], wish=told["wish"], by=request.actor, at=now())
        fill_run.enqueue(run_id=run.id)
        opened.append(run)

    if succeeded(form, act):
        return done(request, _("The run is being prepared."), name="payout-run", at=(program.id, opened[0].id))
    return _overview(request, program, at=now(), form=form)


@require_safe
@allow(Capability.PAYOUT_READ)
def run(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Show one run with its rows; `?verdict=` and `?page=` choose among them."""
    program, row = found_run(request, program_id, run_id)
    return _page(request, program, row)


@require_POST
@allow(Capability.PAYOUT_APPROVE)
def approve(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Approve a run as its second person."""
    program, row = found_run(request, program_id, run_id)
    form = ApproveForm(request.POST, currency=row.currency)

    def act() -> None:
        actions.approve_run(run_id=row.id, total=form.cleaned_data["total"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Approved. Make the file and give it to your bank."), name="payout-run", at=_at(row))
    return _page(request, program, row, approving=form)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def abandon(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Abandon a draft; everything it reserved is payable again."""
    program, row = found_run(request, program_id, run_id)
    form = WhyForm(request.POST, auto_id="abandon-%s")

    def act() -> None:
        actions.abandon_run(run_id=row.id, reason=form.cleaned_data["reason"], by=request.actor, at=now())
        release_run.enqueue(run_id=row.id)

    if succeeded(form, act):
        return done(request, _("Abandoned. Everything in it is payable again."), name="payout-run", at=_at(row))
    return _page(request, program, row, abandoning=form)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def make(request: Request, program_id: str, run_id: str, kind: str) -> HttpResponse:
    """Make the file of one way of paying, and note what stands in it as sent."""
    _program, row = found_run(request, program_id, run_id)
    file = actions.make_file(run_id=row.id, kind=_kind(kind), by=request.actor, at=now())
    if file.payouts_count <= AT_ONCE:
        paying.send_run(row.id, clock=now)
    else:
        send_run.enqueue(run_id=row.id)
    return done(request, _("The file is ready."), name="payout-run", at=_at(row))


@require_safe
@allow(Capability.PAYOUT_WRITE)
def download(request: Request, program_id: str, run_id: str, kind: str) -> HttpResponse:
    """Answer with a file that was made: the same bytes each time, or not at all."""
    _program, row = found_run(request, program_id, run_id)
    wanted = _kind(kind)
    made = row.files.filter(method_kind=wanted).first()
    if made is None:
        raise Http404(_("This file was not made yet."))
    content = file_of(row, wanted, payouts_in_file(row, wanted))
    if digest_of_file(content) != made.digest:
        messages.error(request, _("The file is not what it was when it was made. Do not use it; run the doctor."))
        return done(request, _("Nothing was downloaded."), name="payout-run", at=_at(row))
    answer = HttpResponse(
        content, content_type="text/csv; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"}
    )
    answer["Content-Disposition"] = f'attachment; filename="{row.id}-{wanted}.csv"'
    return answer


@require_POST
@allow(Capability.PAYOUT_WRITE)
def answers(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Take in what the bank answered."""
    program, row = found_run(request, program_id, run_id)
    form = AnswerFileForm(request.POST, request.FILES)
    taken: list[paying.Taken] = []

    def act() -> None:
        read = paying.read_answers(form.cleaned_data["file"])
        taken.append(paying.take_answers(read, run=row, by=request.actor, at=now()))

    if succeeded(form, act):
        for line, sentence in taken[0].refused[:20]:
            messages.warning(request, _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": sentence})
        words = ngettext("%(n)s payout noted.", "%(n)s payouts noted.", taken[0].moved) % {"n": taken[0].moved}
        return done(request, words, name="payout-run", at=_at(row))
    return _page(request, program, row, answering=form)


def found_run(request: Request, program_id: str, run_id: str) -> tuple[Program, PayoutRun]:
    """Return the program and the run of an address."""
    program = program_or_404(request, program_id)
    return program, find_or_404(request, runs_of(program.id), pk=run_id)


def _at(row: PayoutRun) -> tuple[str, str]:
    return row.program_id, row.id


def _kind(text: str) -> MethodKind:
    if text not in MethodKind.values:
        raise Http404(_("There is no such file."))
    return MethodKind(text)


def _overview(request: Request, program: Program, *, at: datetime, form: PrepareForm | None = None) -> HttpResponse:
    due = payout_runs.would_be_paid(program, at=at)
    groups = payout_runs.grouped(due, program.currency)
    chosen = request.GET.get("verdict", "")
    page: Page[PayoutRun] = page_of(runs_of(program.id), request)
    initial = {"pay_on": payout_runs.next_payday_of(program, at=at).isoformat(), "wish": random_token()}
    return program_page(
        request,
        "payouts/list.html",
        program=program,
        status=422 if form else 200,
        page=page,
        groups=groups,
        chosen=chosen,
        rows=[row for row in due if row.verdict == chosen][:ON_A_PAGE] if chosen else due[:12],
        due=next((group for group in groups if group.verdict is Verdict.ELIGIBLE), None),
        waiting=runs_to_approve(program.id),
        form=form or PrepareForm(initial=initial),
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
    )


def _page(
    request: Request,
    program: Program,
    row: PayoutRun,
    *,
    approving: Form | None = None,
    abandoning: Form | None = None,
    answering: Form | None = None,
) -> HttpResponse:
    chosen = request.GET.get("verdict", Verdict.ELIGIBLE.value)
    page = Paginator(verdicts_of(row.id).filter(verdict=chosen), ON_A_PAGE).get_page(request.GET.get("page"))
    states = counts_by_state(row.id)
    return program_page(
        request,
        "payouts/run.html",
        program=program,
        status=422 if approving or abandoning or answering else 200,
        run=row,
        told=payout_runs.tell_run(row),
        page=page,
        rows=payout_runs.rows_of(row, page),
        chosen=chosen,
        states=_states(row, states),
        unknown=payouts_of_run(row.id).filter(state="sent", known=False).count(),
        approving=approving or ApproveForm(currency=row.currency),
        abandoning=abandoning or WhyForm(auto_id="abandon-%s"),
        answering=answering or AnswerFileForm(),
        is_preparer=row.prepared_by_id == request.actor.id,
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
        may_approve=can(request.actor, Capability.PAYOUT_APPROVE, program),
    )


def _states(row: PayoutRun, states: dict[str, tuple[int, int]]) -> list[tuple[str, str, int, Money]]:
    return [
        (state.value, str(state.label), states[state][0], Money(states[state][1], row.currency))
        for state in PayoutState
        if state in states
    ]
