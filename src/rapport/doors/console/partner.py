"""Pages of one partner in a program: what it brings, what it accepted, and where its agreement stands."""

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.queries import Standing, commissions_of_program, sums_by_agreement
from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.actions import resume_agreement, suspend_agreement
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.partners.queries import acceptances_of, agreements_of, introduction_of, terms_offers_of
from rapport.apps.programs.models import Program
from rapport.apps.record.queries import trail_of
from rapport.apps.tracking.queries import aliases_of, coupons_of_program, links_of
from rapport.domain.money import Money
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.commissions import row_of
from rapport.doors.console.forms import EndForm, SuspendForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.partners import RECENT
from rapport.flows import admission
from rapport.flows.explaining.progress import running
from rapport.flows.invitations import invite_introduced
from rapport.flows.partner_letters import language_of
from rapport.flows.standing import end_agreement
from rapport.kit.clock import now, to_ms
from rapport.lake.questions import Filter, lake_at

LATEST = 10


@require_safe
@allow(Capability.PARTNER_READ)
def partner(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Show one partner."""
    program, agreement = _found(request, program_id, agreement_id)
    return _page(request, program, agreement)


@require_POST
@allow(Capability.PARTNER_WRITE)
def invite(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Mail the way in once more to a partner of whom nobody has come in."""
    program, agreement = _found(request, program_id, agreement_id)
    if introduction_of(agreement.id):
        invite_introduced(agreement=agreement, by=request.actor, at=now())
    else:
        admission.invite_again(agreement=agreement, by=request.actor, at=now())
    return done(request, _("The way in is on its way by mail."), name="partner", at=(program.id, agreement.id))


@require_POST
@allow(Capability.PARTNER_WRITE)
def suspend(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Let clicks lead on and hold what they bring."""
    program, agreement = _found(request, program_id, agreement_id)
    form = SuspendForm(request.POST)

    def act() -> None:
        suspend_agreement(agreement_id=agreement.id, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Suspended: what comes in is held."), name="partner", at=(program.id, agreement.id))
    return _page(request, program, agreement, suspending=form)


@require_POST
@allow(Capability.PARTNER_WRITE)
def resume(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """End a suspension."""
    program, agreement = _found(request, program_id, agreement_id)
    resume_agreement(agreement_id=agreement.id, by=request.actor, at=now())
    return done(request, _("The agreement is active again."), name="partner", at=(program.id, agreement.id))


@require_POST
@allow(Capability.PARTNER_WRITE)
def end(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """End an agreement."""
    program, agreement = _found(request, program_id, agreement_id)
    form = EndForm(request.POST)

    def act() -> None:
        told = form.cleaned_data
        end_agreement(
            agreement_id=agreement.id,
            for_breach=told["for_breach"],
            reason=told["reason"],
            by=request.actor,
            at=now(),
        )

    if succeeded(form, act):
        return done(request, _("The agreement has ended."), name="partner", at=(program.id, agreement.id))
    return _page(request, program, agreement, ending=form)


def _found(request: Request, program_id: str, agreement_id: str) -> tuple[Program, Agreement]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, agreements_of(program.id), pk=agreement_id)


def _page(request: Request, program: Program, agreement: Agreement, **refused: Form) -> HttpResponse:
    at = now()
    earned = commissions_of_program(program.id).filter(agreement=agreement)
    sums = sums_by_agreement(earned).get(agreement.id, Standing())
    lake = lake_at(settings.LAKE_FOLDER)
    about = Filter(program_id=program.id, agreement_id=agreement.id, from_ms=to_ms(at - RECENT))
    clicks_by_link = {group.key: group.net for group in lake.clicks_by(about, "link")}
    sees_money = can(request.actor, Capability.COMMISSION_READ, program)
    return program_page(
        request,
        "partners/one.html",
        program=program,
        status=422 if refused else 200,
        agreement=agreement,
        clicks=lake.totals(about),
        sums=sums,
        money={
            name: Money(getattr(sums, f"{name}_minor"), program.currency) for name in ("accrued", "payable", "paid")
        },
        links=[(link, clicks_by_link.get(link.id, 0)) for link in links_of(agreement.id)[:LATEST]],
        coupons=coupons_of_program(program.id).filter(agreement=agreement),
        acceptances=acceptances_of(agreement.id),
        running=running(agreement, at=at) if sees_money else [],
        suspensions=agreement.suspensions.order_by("-from_at"),
        rows=[row_of(one, at=at) for one in earned[:LATEST]] if sees_money else [],
        trail=_trail(agreement) if can(request.actor, Capability.AUDIT_READ, program) else [],
        forms={**_moves(agreement), **refused} if can(request.actor, Capability.PARTNER_WRITE, program) else {},
        lacks_people=admission.lacks_people(agreement),
        may_pay=can(request.actor, Capability.PAYOUT_WRITE, program),
        may_see_payouts=can(request.actor, Capability.PAYOUT_READ, program),
        may_offer=can(request.actor, Capability.TERMS_WRITE, program) and agreement.state != AgreementState.ENDED,
        offers=terms_offers_of(agreement.id),
        mail_language=language_of(agreement),
        aliases=aliases_of(agreement.id),
        may_resume=agreement.state == AgreementState.SUSPENDED,
    )


def _moves(agreement: Agreement) -> dict[str, Form]:
    """Return the forms of the moves that an agreement as it stands may make."""
    forms: dict[str, Form] = {}
    if agreement.state == AgreementState.ACTIVE:
        forms["suspending"] = SuspendForm()
    if agreement.state != AgreementState.ENDED:
        forms["ending"] = EndForm()
    return forms


def _trail(agreement: Agreement) -> list[tuple[object, str]]:
    rows = list(trail_of(agreement.id)[:LATEST])
    names = actor_names({(row.actor_kind, row.actor_id) for row in rows})
    return [(row, names.get(row.actor_id, row.actor_id)) for row in rows]
