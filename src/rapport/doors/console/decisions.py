"""What a person decides about an order or a proposal: each POST is one decision, kept as a fact of its story."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.apps.identity.rights import Capability
from rapport.domain.credit import HoldReason
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.conversions import conversion_page, found, holds_of, wordings_of
from rapport.doors.console.forms import DeclineOrderForm, LiftForm, SettleForm, UndoDeclineForm, UpholdForm
from rapport.flows import deciding, declining
from rapport.flows.explaining.order import tell_order
from rapport.kit.clock import now


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def settle(request: Request, program_id: str, conversion_id: str) -> HttpResponse:
    """Choose one of the reported amounts."""
    program, row = found(request, program_id, conversion_id)
    form = SettleForm(request.POST, wordings=wordings_of(row))

    def act() -> None:
        told = form.cleaned_data
        deciding.settle_conflict(
            conversion=row, report_id=told["report"], reason=told["reason"], by=request.actor, at=now()
        )

    if succeeded(form, act):
        return done(request, _("This amount counts from now on."), name="conversion", at=(program.id, row.id))
    return conversion_page(request, program, row, settle=form)


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def decline(request: Request, program_id: str, conversion_id: str) -> HttpResponse:
    """Decline an order: nobody earns from it."""
    program, row = found(request, program_id, conversion_id)
    form = DeclineOrderForm(request.POST)

    def act() -> None:
        told = form.cleaned_data
        declining.decline_conversion(conversion=row, **told, by=request.actor, at=now())

    if succeeded(form, act):
        return done(
            request, _("Declined; the partner is told and may reply."), name="conversion", at=(program.id, row.id)
        )
    return conversion_page(request, program, row, decline=form)


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def undo_decline(request: Request, program_id: str, conversion_id: str) -> HttpResponse:
    """Take a decline back."""
    program, row = found(request, program_id, conversion_id)
    form = UndoDeclineForm(request.POST)

    def act() -> None:
        declining.undo_decline(conversion=row, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("The order counts again."), name="conversion", at=(program.id, row.id))
    return conversion_page(request, program, row, undo=form)


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def uphold_decline(request: Request, program_id: str, conversion_id: str) -> HttpResponse:
    """Uphold a decline that the partner replied to."""
    program, row = found(request, program_id, conversion_id)
    form = UpholdForm(request.POST)

    def act() -> None:
        declining.uphold_decline(conversion=row, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Upheld; the partner is told."), name="conversion", at=(program.id, row.id))
    return conversion_page(request, program, row, uphold=form)


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def lift_hold(request: Request, program_id: str, conversion_id: str) -> HttpResponse:
    """Put one doubt aside that holds the commission."""
    program, row = found(request, program_id, conversion_id)
    form = LiftForm(request.POST, holds=holds_of(tell_order(row)))

    def act() -> None:
        hold = HoldReason(form.cleaned_data["hold"])
        deciding.lift_hold(conversion=row, hold=hold, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("It is not held for this any more."), name="conversion", at=(program.id, row.id))
    return conversion_page(request, program, row, lift=form)
