"""The VAT rates that count: those that came with the program, and over them what finance entered and checked."""

from datetime import date

from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.rights import Capability
from rapport.apps.record.inputs import read_input
from rapport.apps.taxes import actions
from rapport.apps.taxes.tables import SHIPPED_ON, VatRate
from rapport.apps.taxes.vat_inputs import VatRateInput
from rapport.apps.taxes.vat_queries import vat_rates_of
from rapport.doors.access import Request, allow, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.taxes.forms import VatRateForm
from rapport.flows.explaining.words import local_day
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_WRITE)
def vat_rates(request: Request, program_id: str) -> HttpResponse:
    """Show every rate with its source and when it was checked, and take a new one; `?all=1` shows those that ended."""
    program = program_or_404(request, program_id)
    today, form = local_day(now(), program.zone), VatRateForm(given(request))

    def enter() -> None:
        told = read_input(VatRateInput, form.cleaned_data)
        actions.enter_vat_rate(workspace_id=program.workspace_id, given=told, today=today, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, enter):
        return done(request, _("Kept. It counts for payouts from that day on."), name="vat-rates", at=(program.id,))
    rates = vat_rates_of(program.workspace_id)
    counting = _counting(rates, today)
    shown = rates if request.GET.get("all") == "1" else counting
    return program_page(
        request,
        "taxes/rates.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        rates=shown,
        unchecked=sum(not one.checked_on for one in counting),
        counting=len(counting),
        every=len(rates),
        shipped_on=SHIPPED_ON,
    )


@require_POST
@allow(Capability.PAYOUT_WRITE)
def vat_rate_checked(request: Request, program_id: str, country: str, from_on: str) -> HttpResponse:
    """Note that somebody looked today whether a rate still stands; `back` takes an entered one back."""
    program = program_or_404(request, program_id)
    act = actions.take_back_vat_rate if "back" in request.POST else actions.note_rate_checked
    act(
        workspace_id=program.workspace_id,
        country=country,
        from_on=_day(from_on),
        today=local_day(now(), program.zone),
        by=request.actor,
        at=now(),
    )
    words = _("Taken back.") if "back" in request.POST else _("Noted: checked today.")
    return done(request, words, name="vat-rates", at=(program.id,))


def _counting(rates: tuple[VatRate, ...], today: date) -> tuple[VatRate, ...]:
    """Return of each country the rate that counts today, and those still to come."""
    begun = {one.country: one.from_on for one in rates if one.from_on <= today}
    return tuple(one for one in rates if one.from_on >= begun.get(one.country, one.from_on))


def _day(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found
