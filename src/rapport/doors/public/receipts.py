"""What became of a postback, for whoever sent it: the receipt's id and the program's token open one page."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rapport.apps.record.errors import Refusal
from rapport.doors.access import given, public, show_refusal
from rapport.doors.public.limits import is_too_often, slow_down
from rapport.doors.ui.shell import Brand, public_shell
from rapport.flows.receipts import ToldReceipt, open_receipt
from rapport.kit.clock import now

RECEIPTS_AN_HOUR = 60
_LONGEST_ID = 40
_LONGEST_TOKEN = 200


class ReceiptForm(forms.Form):
    """Which receipt, and what shows that the asker may send postbacks of its program."""

    receipt = forms.CharField(
        label=_("Receipt"),
        max_length=_LONGEST_ID,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("What your postback was answered with; it begins with rcp_."),
    )
    token = forms.CharField(
        label=_("The program’s postback token"),
        max_length=_LONGEST_TOKEN,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It begins with pbt_. Where you sign, the signing secret. It is compared and kept nowhere."),
    )


@never_cache
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def receipt(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt and the token; show what became of it. The token travels in the body, never in an address."""
    form = ReceiptForm(given(request), initial={"receipt": request.GET.get("id", "")[:_LONGEST_ID]})
    told = None
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, what="receipt", most=RECEIPTS_AN_HOUR, at=now()):
            return slow_down(request)
        told = _opened(form)
    context = {
        **public_shell(brand=Brand(told.program.name) if told else Brand()),
        "form": form,
        "told": told,
        "zone": told.program.zone if told else "UTC",
    }
    return render(request, "public/receipt.html", context, status=422 if form.errors else 200)


def _opened(form: ReceiptForm) -> ToldReceipt | None:
    try:
        return open_receipt(form.cleaned_data["receipt"], token=form.cleaned_data["token"])
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None
