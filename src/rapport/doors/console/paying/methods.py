"""How partners are paid, entered by finance for them, and how the program pays."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.queries import agreements_of
from rapport.apps.payouts.account_inputs import RAILS_WITH_ACCOUNT
from rapport.apps.payouts.actions import change_settings
from rapport.apps.payouts.inputs import MethodInput, PayoutSettingsInput
from rapport.apps.payouts.queries import accounts_in_use, method_of, settings_of
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paying.forms import PayoutSettingsForm
from rapport.doors.ui.methods import MethodForm, holder_of
from rapport.flows.paying import change_method
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_READ, post=Capability.PAYOUT_WRITE)
def method(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Show how a partner is paid, and enter it for the partner."""
    program = program_or_404(request, program_id)
    agreement = find_or_404(request, agreements_of(program.id), pk=agreement_id)
    form = MethodForm(given(request))

    def act() -> None:
        wanted = read_input(MethodInput, form.cleaned_data)
        change_method(agreement=agreement, given=wanted, by=request.actor, at=now(), own=False)

    if request.method == "POST" and succeeded(form, act):
        words = _("Kept. The partner is told by mail.")
        return done(request, words, name="payout-method", at=(program.id, agreement.id))
    row = method_of(agreement.partner.organisation_id)
    return program_page(
        request,
        "payouts/method.html",
        program=program,
        status=422 if form.errors else 200,
        agreement=agreement,
        method=row,
        holder=holder_of(row),
        form=form,
        at=now(),
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_READ, post=Capability.PAYOUT_WRITE)
def program_settings(request: Request, program_id: str) -> HttpResponse:
    """Show and change whose bank holidays count, and how long a changed method waits."""
    program = program_or_404(request, program_id)
    row = settings_of(program)
    form = PayoutSettingsForm(given(request), initial={"country": row.country, "cooling_hours": row.cooling_hours})

    def act() -> None:
        wanted = read_input(PayoutSettingsInput, form.cleaned_data)
        change_settings(program=program, given=wanted, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        return done(request, _("Kept."), name="payout-settings", at=(program.id,))
    kept = accounts_in_use(program.id)
    return program_page(
        request,
        "payouts/settings.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        accounts=[(kind.value, kind.label, kept.get(kind)) for kind in RAILS_WITH_ACCOUNT],
        may_write=can(request.actor, Capability.PAYOUT_WRITE, program),
    )
