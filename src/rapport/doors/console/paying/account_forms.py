"""Forms in which a merchant says where money comes from, one for each rail that needs to know."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.apps.payouts.account_inputs import SECRETS
from rapport.apps.payouts.details import account_of
from rapport.apps.payouts.hooks import HOOK
from rapport.apps.payouts.models import MethodKind, RailAccount
from rapport.apps.record.errors import Unreadable

_ACCOUNT_TYPES = (("", "…"), ("checking", _("Checking")), ("savings", _("Savings")))


class SepaAccountForm(forms.Form):
    """The account that transfers in a pain.001 file are paid from."""

    name = forms.CharField(label=_("Holder of the account"), max_length=70)
    iban = forms.CharField(label=_("IBAN"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    bic = forms.CharField(
        label=_("Code of the bank (BIC)"),
        max_length=20,
        required=False,
        help_text=_("Free: the IBAN's own."),
    )
    street = forms.CharField(label=_("Street and number"), max_length=70, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    town = forms.CharField(label=_("Town"), max_length=35)
    residence = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, such as DE."))
    identification = forms.CharField(
        label=_("Identification of the payer"),
        max_length=35,
        required=False,
        help_text=_("Only if your bank gave you one."),
    )


class AchAccountForm(forms.Form):
    """What an American bank writes into its agreement on NACHA files."""

    name = forms.CharField(label=_("Company name"), max_length=23, help_text=_("As it stands on statements."))
    company_id = forms.CharField(
        label=_("Company identification"), max_length=20, help_text=_("Ten characters, mostly 1 and your EIN.")
    )
    odfi = forms.CharField(label=_("Routing number of your bank"), max_length=20)
    destination_name = forms.CharField(label=_("Name of your bank"), max_length=23)
    immediate_destination = forms.CharField(
        label=_("Immediate destination"),
        max_length=20,
        required=False,
        help_text=_("Free: the routing number."),
    )
    immediate_origin = forms.CharField(
        label=_("Immediate origin"), max_length=20, required=False, help_text=_("Free: the company identification.")
    )
    description = forms.CharField(
        label=_("Words on the statement"), max_length=10, required=False, help_text=_("Free: PAYOUT.")
    )
    offset_routing = forms.CharField(
        label=_("Offset: routing number"),
        max_length=20,
        required=False,
        help_text=_("Only if your bank asks for balanced files: the account that pays."),
    )
    offset_account = forms.CharField(label=_("Offset: account number"), max_length=20, required=False)
    offset_type = forms.ChoiceField(label=_("Offset: kind of account"), choices=_ACCOUNT_TYPES, required=False)


class PayPalAccountForm(forms.Form):
    """The credentials of an application of the merchant's PayPal account."""

    environment = forms.ChoiceField(
        label=_("Where"),
        choices=(("live", _("Live: money moves")), ("sandbox", _("Sandbox: PayPal plays"))),
        widget=forms.RadioSelect,
    )
    client_id = forms.CharField(
        label=_("Client ID"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Encrypted at rest and never shown again."),
    )
    subject = forms.CharField(
        label=_("Subject of PayPal's mail"), max_length=100, required=False, help_text=_("Free: PayPal's own.")
    )


_FORMS: Mapping[MethodKind, type[forms.Form]] = {
    MethodKind.IBAN: SepaAccountForm,
    MethodKind.ACH: AchAccountForm,
    MethodKind.PAYPAL: PayPalAccountForm,
}


def form_of_account(
    kind: MethodKind, data: QueryDict | None, *, initial: Mapping[str, str], is_new: bool
) -> forms.Form:
    """Return the form of a rail; a secret that is kept already may be left free."""
    form = _FORMS[kind](data, initial=dict(initial))
    for name in SECRETS:
        if name in form.fields and not is_new:
            form.fields[name].required = False
            form.fields[name].help_text = _("Free: the one before stays.")
    return form


def typed_before(row: RailAccount | None) -> Mapping[str, str]:
    """Return what is kept, for whoever may change it, without its secrets; nothing where the vault cannot open it."""
    return {name: value for name, value in _opened(row).items() if name not in {*SECRETS, HOOK}}


def hook_of(row: RailAccount | None) -> str:
    """Return what the address of PayPal's messages ends with."""
    return _opened(row).get(HOOK, "")


def _opened(row: RailAccount | None) -> Mapping[str, str]:
    try:
        return account_of(row) if row else {}
    except Unreadable:
        return {}
