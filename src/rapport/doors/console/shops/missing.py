"""The page for a sale that a partner misses: the shops are asked for its number, and it is taken in with one press."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability
from rapport.apps.shops.queries import shops_of
from rapport.doors.access import Request, allow, find_or_404, given
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.shops.missing import look_in_shops, take_in
from rapport.kit.clock import now


class NumberForm(forms.Form):
    """Which order is looked for."""

    number = forms.CharField(
        label=lazy("Order number"),
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=lazy("As it stands on the receipt; for Stripe the id of the payment (pi_…) or invoice (in_…)."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.CONVERSION_REPORT)
def missing(request: Request, program_id: str) -> HttpResponse:
    """Ask the shops for an order (`number`), or take it in from one of them (`shop`)."""
    program = program_or_404(request, program_id)
    data = given(request)
    form = NumberForm(data, initial={"number": request.GET.get("number", "")[:128]})
    number = form.cleaned_data["number"] if data is not None and form.is_valid() else ""
    if number and "shop" in request.POST:
        shop = find_or_404(request, shops_of(program.id), pk=request.POST["shop"])
        conversion_id = take_in(shop, number, by=request.actor, at=now())
        if conversion_id:
            return done(request, _("Taken in as the shop has it."), name="conversion", at=(program.id, conversion_id))
        messages.warning(request, _("The shop says that this order does not count: it is not paid, or was cancelled."))
    return program_page(
        request,
        "shops/missing.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        number=number,
        seen=look_in_shops(program, number, at=now()) if number else (),
        looked=bool(number),
    )
