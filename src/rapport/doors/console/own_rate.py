"""Offer one partner a rate of its own."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.queries import agreements_of, terms_offers_of
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.admission import promise, wording
from rapport.flows.own_rate import offer_own_rate, read_pay
from rapport.kit.clock import now


class OwnRateForm(forms.Form):
    """Which rate, and why."""

    rate = forms.CharField(label=gettext_lazy("Rate"), max_length=20, help_text=gettext_lazy("Such as 15 %."))
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=250, required=False, help_text=gettext_lazy("The partner reads it.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.TERMS_WRITE)
def own_rate(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Show what a partner was offered by name, and offer another rate."""
    program = program_or_404(request, program_id)
    rows = agreements_of(program.id).select_related("program__workspace")
    agreement = find_or_404(request, rows, pk=agreement_id)
    form = OwnRateForm(given(request))

    def act() -> None:
        pay = read_pay(form.cleaned_data["rate"], currency=program.currency)
        note = form.cleaned_data["note"]
        offer_own_rate(agreement=agreement, pay=pay, note=note, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        words = _("Offered. It binds once the partner has accepted it.")
        return done(request, words, name="partner", at=(program.id, agreement.id))
    offers = [
        (one, wording(one.version, currency=program.currency).splitlines()) for one in terms_offers_of(agreement.id)
    ]
    return program_page(
        request,
        "partners/own_rate.html",
        program=program,
        status=422 if form.errors else 200,
        agreement=agreement,
        form=form,
        usual=promise(program, at=now()).splitlines(),
        offers=offers,
    )
