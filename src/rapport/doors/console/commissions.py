"""Pages of commissions: the list with its sums, the page that explains one to the cent, and proposals about them."""

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import (
    Standing,
    commissions_of_program,
    open_proposals_of,
    sums_by_state,
)
from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.threads.queries import messages_of
from rapport.domain.credit import ENDED_BY_APPROVAL
from rapport.domain.money import Money
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.approvals import chosen_by, filtered
from rapport.doors.console.forms import AnswerForm, RefuseForm, TakeBackForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.intentions import bar_of
from rapport.doors.console.paging import Page, page_of
from rapport.flows import approving, deciding, replying
from rapport.flows.declining import last_day, talk_of
from rapport.flows.explaining import explain
from rapport.kit.clock import now

TRACKS = {
    CommissionState.PENDING: "waiting",
    CommissionState.APPROVED: "approved",
    CommissionState.PAID: "paid",
    CommissionState.HELD: "held",
    CommissionState.DISPUTED: "disputed",
    CommissionState.DECLINED: "declined",
    CommissionState.REVERSED: "reversed",
}
"""How each state is drawn on its way from click to payout."""


@dataclass(frozen=True, slots=True)
class Row:
    """One commission with its drawing: `passed` is the share of its hold that is over, 0 to 100."""

    commission: Commission
    track: str
    passed: int


@dataclass(frozen=True, slots=True)
class StateSum:
    """The commissions of one state together."""

    state: str
    words: str
    count: int
    money: Money


@require_safe
@allow(Capability.COMMISSION_READ)
def commissions(request: Request, program_id: str) -> HttpResponse:
    """Show the commissions, the last earned first; `?state=` and `?partner=` (an agreement) show fewer."""
    program, at = program_or_404(request, program_id), now()
    agreement, chosen = request.GET.get("partner", ""), request.GET.get("state", "")
    rows = commissions_of_program(program.id)
    sums = sums_by_state(rows.filter(agreement_id=agreement) if agreement else rows)
    shown = filtered(request, program)
    page: Page[Commission] = page_of(shown, request)
    may_decide = can(request.actor, Capability.CONVERSION_DECIDE, program)
    return program_page(
        request,
        "commissions/list.html",
        program=program,
        page=page,
        rows=[row_of(row, at=at) for row in page.rows],
        chosen=chosen,
        partner=page.rows[0].agreement.partner.name if agreement and page.rows else agreement,
        sums=_state_sums(sums, program),
        together=Money(sum(one.minor for one in sums.values()), program.currency),
        number=sum(one.count for one in sums.values()),
        may_decide=may_decide,
        ready=chosen_by(shown, program) if may_decide else None,
        agreement=agreement,
        **bar_of(request, program, at=at),
    )


@require_safe
@allow(Capability.COMMISSION_READ)
def commission(request: Request, program_id: str, commission_id: str) -> HttpResponse:
    """Explain one commission."""
    program, row = _found(request, program_id, commission_id)
    return _page(request, program, row)


@require_POST
@allow(Capability.COMMISSION_DECIDE)
def accept(request: Request, program_id: str, commission_id: str) -> HttpResponse:
    """Book what is proposed about an approved commission."""
    program, row = _found(request, program_id, commission_id)
    proposal = find_or_404(request, open_proposals_of(program.id), commission=row)
    deciding.take_proposal(proposal=proposal, by=request.actor, at=now())
    return done(request, _("Booked as proposed."), name="commission", at=(program.id, row.id))


@require_POST
@allow(Capability.COMMISSION_DECIDE)
def refuse(request: Request, program_id: str, commission_id: str) -> HttpResponse:
    """Leave an approved commission as it is."""
    program, row = _found(request, program_id, commission_id)
    proposal = find_or_404(request, open_proposals_of(program.id), commission=row)
    form = RefuseForm(request.POST)

    def act() -> None:
        deciding.turn_proposal_down(proposal=proposal, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("It stays as it is."), name="commission", at=(program.id, row.id))
    return _page(request, program, row, refusing=form)


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def take_back(request: Request, program_id: str, commission_id: str) -> HttpResponse:
    """Take the approval of one commission back."""
    program, row = _found(request, program_id, commission_id)
    form, refused = TakeBackForm(request.POST), ""

    def act() -> None:
        nonlocal refused
        refused = approving.undo_approval(
            program_id=program.id,
            commission_ids=[row.id],
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=now(),
        )[row.id]

    if succeeded(form, act) and not refused:
        words = _("The approval was taken back; the commission waits for a person.")
        return done(request, words, name="commission", at=(program.id, row.id))
    if refused:
        form.add_error(None, refused)
    return _page(request, program, row, taking_back=form)


@require_POST
@allow(Capability.COMMISSION_DECIDE)
def answer(request: Request, program_id: str, commission_id: str) -> HttpResponse:
    """Write to the partner about a commission."""
    program, row = _found(request, program_id, commission_id)
    form = AnswerForm(request.POST)

    def act() -> None:
        replying.answer(commission=row, body=form.cleaned_data["body"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Sent to the partner."), name="commission", at=(program.id, row.id))
    return _page(request, program, row, answering=form)


def row_of(commission: Commission, *, at: datetime) -> Row:
    """Return a commission ready for a list."""
    whole = (commission.hold_until - commission.earned_at).total_seconds()
    over = (at - commission.earned_at).total_seconds()
    passed = max(0, min(100, int(100 * over / whole))) if whole > 0 else 100
    return Row(commission, TRACKS[CommissionState(commission.state)], passed)


def _found(request: Request, program_id: str, commission_id: str) -> tuple[Program, Commission]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, commissions_of_program(program.id), pk=commission_id)


def _page(request: Request, program: Program, row: Commission, **refused: Form) -> HttpResponse:
    """Explain one commission; `refused` holds the form of what was not done, which is answered with 422."""
    at = now()
    proposal = open_proposals_of(program.id).filter(commission=row).first()
    may_decide = can(request.actor, Capability.COMMISSION_DECIDE, program)
    forms = {"refusing": RefuseForm(), "taking_back": TakeBackForm(), "answering": AnswerForm(), **refused}
    return program_page(
        request,
        "commission.html",
        program=program,
        status=422 if refused else 200,
        told=explain(row, at=at),
        row=row,
        proposal=proposal,
        proposed=Money(proposal.target_minor, row.currency) if proposal else None,
        reply_day=last_day(proposal.reply_until, zone=program.zone) if proposal and proposal.reply_until else None,
        talk=talk_of(row, at=at),
        messages_on=messages_of(row.id),
        may_decide=may_decide,
        may_approve=can(request.actor, Capability.CONVERSION_DECIDE, program),
        can_be_approved=bool(row.accrued_minor and row.facts_joined and {*row.holds} <= ENDED_BY_APPROVAL),
        can_be_taken_back=row.conversion_id is not None
        and row.payable_minor > 0
        and not row.reserved_minor
        and not row.paid_minor,
        **forms,
        **bar_of(request, program, at=at),
    )


def _state_sums(sums: dict[str, Standing], program: Program) -> list[StateSum]:
    return [
        StateSum(str(state), str(state.label), sums[state].count, Money(sums[state].minor, program.currency))
        for state in CommissionState
        if state in sums
    ]
