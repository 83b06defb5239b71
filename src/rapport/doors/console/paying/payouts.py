"""One payout: what it pays line by line, and what became of it."""

from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.ledger.queries import entries_of
from rapport.apps.payouts import actions
from rapport.apps.payouts.models import Payout, PayoutState
from rapport.apps.payouts.queries import notices_of_payout, payouts_of_run
from rapport.apps.programs.models import Program
from rapport.domain.payouts import Outcome
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_page
from rapport.doors.console.paying.forms import OutcomeForm, WhyForm
from rapport.doors.console.paying.runs import found_run
from rapport.flows.explaining.payouts import exchange_words
from rapport.flows.explaining.vat import vat_sentences
from rapport.flows.paying import record_outcome, take_over_change
from rapport.flows.statements import lines_of_payout
from rapport.kit.clock import now

MOST_LINES = 500


@require_safe
@allow(Capability.PAYOUT_READ)
def payout(request: Request, program_id: str, run_id: str, payout_id: str) -> HttpResponse:
    """Show one payout with its lines."""
    program, row = _found(request, program_id, run_id, payout_id)
    return _page(request, program, row)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def outcome(request: Request, program_id: str, run_id: str, payout_id: str) -> HttpResponse:
    """Note what became of a payout that was sent."""
    program, row = _found(request, program_id, run_id, payout_id)
    form = _outcome_form(row, request.POST)

    def act() -> None:
        told = form.cleaned_data
        outcome, moved = Outcome(told["outcome"]), told.get("moved")
        record_outcome(payout=row, outcome=outcome, words=told["words"], by=request.actor, at=now(), moved=moved)

    if succeeded(form, act):
        return done(request, _("Noted."), name="payout", at=(program.id, row.run_id, row.id))
    return _page(request, program, row, telling=form)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def cancel(request: Request, program_id: str, run_id: str, payout_id: str) -> HttpResponse:
    """Take a payout out of its run before it is sent."""
    program, row = _found(request, program_id, run_id, payout_id)
    form = WhyForm(request.POST, auto_id="cancel-%s")

    def act() -> None:
        actions.cancel_payout(payout_id=row.id, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        words = _("Taken out. The money is payable again.")
        return done(request, words, name="payout", at=(program.id, row.run_id, row.id))
    return _page(request, program, row, cancelling=form)


@require_POST
@allow(Capability.PAYOUT_WRITE)
def take_change(request: Request, program_id: str, run_id: str, payout_id: str, notice_id: str) -> HttpResponse:
    """Enter for the partner what its bank wants to be written another way."""
    program, row = _found(request, program_id, run_id, payout_id)
    notice = next((one for one in notices_of_payout(row.id) if one.id == notice_id), None)
    if notice is None:
        raise Http404(_("There is no such notice."))
    take_over_change(notice, by=request.actor, at=now())
    words = _("Entered. The partner is told by mail; nothing is paid this way before the wait is over.")
    return done(request, words, name="payout", at=(program.id, row.run_id, row.id))


def _outcome_form(row: Payout, data: QueryDict | None = None) -> OutcomeForm:
    return OutcomeForm(data, exchanged=row.currency if row.exchanged else "")


def _found(request: Request, program_id: str, run_id: str, payout_id: str) -> tuple[Program, Payout]:
    program, run = found_run(request, program_id, run_id)
    return program, find_or_404(request, payouts_of_run(run.id), pk=payout_id)


def _page(
    request: Request,
    program: Program,
    row: Payout,
    *,
    telling: Form | None = None,
    cancelling: Form | None = None,
) -> HttpResponse:
    is_in_file = row.run.files.filter(method_kind=row.method_kind).exists()
    may_write = can(request.actor, Capability.PAYOUT_WRITE, program)
    return program_page(
        request,
        "payouts/one.html",
        vat=vat_sentences(row),
        exchange=exchange_words(row),
        program=program,
        status=422 if telling or cancelling else 200,
        row=row,
        notices=notices_of_payout(row.id),
        may_write=may_write,
        lines=lines_of_payout(row, most=MOST_LINES),
        more=max(row.commissions_count - MOST_LINES, 0),
        entries=entries_of(row.id).filter(subject=row.id),
        telling=(telling or _outcome_form(row))
        if may_write and row.state in {PayoutState.SENT, PayoutState.SETTLED}
        else None,
        cancelling=(cancelling or WhyForm(auto_id="cancel-%s"))
        if may_write and row.state == PayoutState.RESERVED and not is_in_file
        else None,
    )
