"""Pages of payout runs: what is due, one run with its rows, its approval, and what banks answer."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.payouts import actions
from rapport.apps.payouts.exchanging import sent_totals
from rapport.apps.payouts.models import MethodKind, PayoutRun, PayoutState
from rapport.apps.payouts.queries import (
    counts_by_state,
    notices_of_run,
    payouts_of_run,
    runs_of,
    runs_to_approve,
    verdicts_of,
)
from rapport.apps.programs.models import Program
from rapport.domain.money import Money
from rapport.domain.payouts import Verdict
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.doors.console.paying.forms import AnswerFileForm, ApproveForm, PrepareForm, SettleRestForm, WhyForm
from rapport.flows import hearing, payout_runs
from rapport.flows.paying_jobs import fill_run, release_run
from rapport.flows.payout_rails import rails_of
from rapport.kit.clock import now
from rapport.kit.ids import random_token

ON_A_PAGE = 50
ON_THE_FIRST_PAGE = 12  # of whoever waits, so that the runs below stay in sight


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
    return run_page(request, program, row)


@require_POST
@allow(Capability.PAYOUT_APPROVE)
def approve(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Approve a run as its second person."""
    program, row = found_run(request, program_id, run_id)
    form = _approve_form(row, request.POST)

    def act() -> None:
        total = form.cleaned_data["total"]
        actions.approve_run(run_id=row.id, total=total, foreign=form.foreign, by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Approved. Make the files and give them to your bank."), name="payout-run", at=_at(row))
    return run_page(request, program, row, refused=("approving", form))


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
    return run_page(request, program, row, refused=("abandoning", form))


@require_POST
@allow(Capability.PAYOUT_WRITE)
def answers(request: Request, program_id: str, run_id: str) -> HttpResponse:
    """Take in what a bank or provider answered, in whichever of the known forms."""
    program, row = found_run(request, program_id, run_id)
    form = AnswerFileForm(request.POST, request.FILES)
    taken: list[hearing.Taken] = []

    def act() -> None:
        read = hearing.read_answers(form.cleaned_data["file"])
        taken.append(hearing.take_answers(read, program_id=program.id, by=request.actor, at=now()))

    if succeeded(form, act):
        say_taken(request, taken[0])
        return done(request, _("The answer was taken in."), name="payout-run", at=_at(row))
    return run_page(request, program, row, refused=("answering", form))


def say_taken(request: Request, taken: hearing.Taken) -> None:
    """Say what became of an answer: what moved, what should be corrected, what was refused and why."""
    words = ngettext("%(n)s payout noted.", "%(n)s payouts noted.", taken.moved) % {"n": taken.moved}
    messages.info(request, words)
    if taken.notices:
        words = ngettext("%(n)s change is asked for.", "%(n)s changes are asked for.", taken.notices)
        messages.warning(request, words % {"n": taken.notices})
    for line, sentence in taken.refused[:20]:
        messages.warning(request, _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": sentence})


def found_run(request: Request, program_id: str, run_id: str) -> tuple[Program, PayoutRun]:
    """Return the program and the run of an address."""
    program = program_or_404(request, program_id)
    return program, find_or_404(request, runs_of(program.id), pk=run_id)


def _at(row: PayoutRun) -> tuple[str, str]:
    return row.program_id, row.id


def _overview(request: Request, program: Program, *, at: datetime, form: PrepareForm | None = None) -> HttpResponse:
    due = payout_runs.would_be_paid(program, at=at)
    groups = payout_runs.grouped(due, program.currency)
    chosen = request.GET.get("verdict", "")
    rows_on_a_page = ON_A_PAGE if chosen else ON_THE_FIRST_PAGE
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
        rows=Paginator([row for row in due if not chosen or row.verdict == chosen], rows_on_a_page).get_page(
            request.GET.get("page")
        ),
        due=next((group for group in groups if group.verdict is Verdict.ELIGIBLE), None),
        waiting=runs_to_approve(program.id),
        form=form or PrepareForm(initial=initial),
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
    )


def run_page(
    request: Request, program: Program, row: PayoutRun, *, refused: tuple[str, Form] | None = None
) -> HttpResponse:
    """Answer with the page of a run; a form that was refused comes back as it was typed."""
    forms = _forms(row) | dict([refused] if refused else [])
    chosen = request.GET.get("verdict", Verdict.ELIGIBLE.value)
    page = Paginator(verdicts_of(row.id).filter(verdict=chosen), ON_A_PAGE).get_page(request.GET.get("page"))
    states = counts_by_state(row.id)
    return program_page(
        request,
        "payouts/run.html",
        program=program,
        status=422 if refused else 200,
        run=row,
        told=payout_runs.tell_run(row),
        foreign=sent_totals(row.id),
        rails=[(rail, forms[rail.kind]) for rail in rails_of(row)] if row.filled_at else [],
        notices=notices_of_run(row.id),
        page=page,
        rows=payout_runs.rows_of(row, page),
        chosen=chosen,
        states=_states(row, states),
        unknown=payouts_of_run(row.id).filter(state="sent", known=False).count(),
        unclaimed=payouts_of_run(row.id).filter(state="sent", unclaimed=True).count(),
        approving=forms["approving"],
        abandoning=forms["abandoning"],
        answering=forms["answering"],
        is_preparer=row.prepared_by_id == request.actor.id,
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
        may_approve=can(request.actor, Capability.PAYOUT_APPROVE, program),
    )


def _forms(row: PayoutRun) -> dict[str, Form]:
    """Return the forms of a run's page by their names; those of rails by the rail's."""
    settling: dict[str, Form] = {kind: SettleRestForm(auto_id=f"settle-{kind}-%s") for kind in MethodKind.values}
    return settling | {
        "approving": _approve_form(row),
        "abandoning": WhyForm(auto_id="abandon-%s"),
        "answering": AnswerFileForm(),
    }


def _approve_form(row: PayoutRun, data: QueryDict | None = None) -> ApproveForm:
    return ApproveForm(data, currency=row.currency, foreign=[one.currency for one in sent_totals(row.id)])


def _states(row: PayoutRun, states: dict[str, tuple[int, int]]) -> list[tuple[str, str, int, Money]]:
    return [
        (state.value, str(state.label), states[state][0], Money(states[state][1], row.currency))
        for state in PayoutState
        if state in states
    ]
