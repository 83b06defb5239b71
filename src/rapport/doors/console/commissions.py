"""Pages of commissions: the list with its sums, the page that explains one to the cent, and proposals about them."""

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import Standing, commissions_of_program, open_proposals_of, sums_by_state
from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.domain.money import Money
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.forms import RefuseForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.flows import deciding
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
    program = program_or_404(request, program_id)
    rows = commissions_of_program(program.id)
    agreement = request.GET.get("partner", "")
    if agreement:
        rows = rows.filter(agreement_id=agreement)
    sums = sums_by_state(rows)
    chosen = request.GET.get("state", "")
    if chosen in CommissionState.values:
        rows = rows.filter(state=chosen)
    page: Page[Commission] = page_of(rows, request)
    at = now()
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


def row_of(commission: Commission, *, at: datetime) -> Row:
    """Return a commission ready for a list."""
    whole = (commission.hold_until - commission.earned_at).total_seconds()
    over = (at - commission.earned_at).total_seconds()
    passed = max(0, min(100, int(100 * over / whole))) if whole > 0 else 100
    return Row(commission, TRACKS[CommissionState(commission.state)], passed)


def _found(request: Request, program_id: str, commission_id: str) -> tuple[Program, Commission]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, commissions_of_program(program.id), pk=commission_id)


def _page(request: Request, program: Program, row: Commission, *, refusing: Form | None = None) -> HttpResponse:
    proposal = open_proposals_of(program.id).filter(commission=row).first()
    return program_page(
        request,
        "commission.html",
        program=program,
        status=422 if refusing else 200,
        told=explain(row, at=now()),
        row=row,
        proposal=proposal,
        proposed=Money(proposal.target_minor, row.currency) if proposal else None,
        refusing=refusing or RefuseForm(),
        may_decide=can(request.actor, Capability.COMMISSION_DECIDE, program),
    )


def _state_sums(sums: dict[str, Standing], program: Program) -> list[StateSum]:
    return [
        StateSum(str(state), str(state.label), sums[state].count, Money(sums[state].minor, program.currency))
        for state in CommissionState
        if state in sums
    ]
