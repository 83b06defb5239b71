"""Debts of partners, and giving one up: a proposal with a reason, and a second person who approves it."""

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_of
from rapport.apps.payouts import actions
from rapport.apps.payouts.debts import debts_of, write_offs_of
from rapport.apps.payouts.models import WriteOff
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paying.forms import WriteOffForm
from rapport.kit.clock import now

_MOST = 200


@require_safe
@allow(Capability.PAYOUT_READ)
def debts(request: Request, program_id: str) -> HttpResponse:
    """Show who owes something, and what was given up."""
    program = program_or_404(request, program_id)
    past = list(write_offs_of(program.id)[:_MOST])
    names = actor_names(
        {(row.proposed_by_kind, row.proposed_by_id) for row in past}
        | {(row.decided_by_kind, row.decided_by_id) for row in past if row.decided_by_id}
    )
    rows = [(row, names.get(row.proposed_by_id, ""), names.get(row.decided_by_id, "")) for row in past]
    return program_page(request, "payouts/debts.html", program=program, debts=debts_of(program)[:_MOST], past=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_READ, post=Capability.PAYOUT_WRITE)
def debt(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Show what one partner owes, and propose to give it up."""
    program = program_or_404(request, program_id)
    agreement = find_or_404(request, agreements_of(program.id), pk=agreement_id)
    form = WriteOffForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        actions.propose_write_off(agreement=agreement, reason=reason, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        return done(request, _("Proposed. A second person decides."), name="debt", at=(program.id, agreement.id))
    return _page(request, program, agreement, form=form)


@require_POST
@allow(Capability.PAYOUT_APPROVE)
def approve(request: Request, program_id: str, write_off_id: str) -> HttpResponse:
    """Give a debt up as its second person."""
    program, row = _found(request, program_id, write_off_id)
    actions.approve_write_off(write_off_id=row.id, by=request.actor, at=now())
    return done(request, _("Written off."), name="debts", at=(program.id,))


@require_POST
@allow(Capability.PAYOUT_WRITE)
def refuse(request: Request, program_id: str, write_off_id: str) -> HttpResponse:
    """Let a debt stand."""
    program, row = _found(request, program_id, write_off_id)
    actions.refuse_write_off(write_off_id=row.id, by=request.actor, at=now())
    return done(request, _("Refused: the debt stands."), name="debts", at=(program.id,))


def _found(request: Request, program_id: str, write_off_id: str) -> tuple[Program, WriteOff]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, write_offs_of(program.id), pk=write_off_id)


def _page(request: Request, program: Program, agreement: Agreement, *, form: Form) -> HttpResponse:
    found = next((one for one in debts_of(program) if one.agreement == agreement), None)
    proposed = found.proposed if found else None
    return program_page(
        request,
        "payouts/debt.html",
        program=program,
        status=422 if form.errors else 200,
        agreement=agreement,
        debt=found,
        proposed=proposed,
        proposer=actor_names({(proposed.proposed_by_kind, proposed.proposed_by_id)}) if proposed else {},
        is_proposer=proposed is not None and proposed.proposed_by_id == request.actor.id,
        form=form,
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
        may_approve=can(request.actor, Capability.PAYOUT_APPROVE, program),
    )
