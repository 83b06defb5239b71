"""The form in which somebody says how to be paid: the same for partners and for finance."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.apps.payouts.details import details_of
from rapport.apps.payouts.models import PayoutMethod
from rapport.apps.record.errors import Unreadable

KINDS = (
    ("iban", _("Bank account with an IBAN")),
    ("bank", _("Bank account without an IBAN")),
    ("paypal", _("PayPal")),
    ("manual", _("Another way, as agreed with the program")),
)

NEEDED = {"iban": ("iban",), "bank": ("country", "account", "routing"), "paypal": ("email",), "manual": ("note",)}
"""Which fields each way needs."""


class MethodForm(forms.Form):
    """How to be paid: only the fields of the way that is chosen are needed; the action says what is wrong in them."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Way of being paid"), choices=KINDS, widget=forms.RadioSelect, initial="iban")
    holder = forms.CharField(label=_("Name of whoever is paid"), max_length=70, help_text=_("As the bank knows it."))
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("For a bank account with an IBAN."),
    )
    country = forms.CharField(
        label=_("Country of the bank"),
        max_length=2,
        help_text=_("Two letters, such as US; for a bank account without an IBAN."),
    )
    account = forms.CharField(
        label=_("Account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For a bank account without an IBAN."),
    )
    routing = forms.CharField(
        label=_("Number of the bank"),
        max_length=60,
        help_text=_("Routing number, BSB, IFSC or SWIFT code; for a bank account without an IBAN."),
    )
    email = forms.CharField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "off"}),
        help_text=_("For PayPal."),
    )
    note = forms.CharField(label=_("What was agreed"), max_length=250, help_text=_("For another way of being paid."))

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        needed = NEEDED.get(data.get("kind", ""), ()) if data else None
        for name in {name for names in NEEDED.values() for name in names}:
            self.fields[name].required = needed is None or name in needed


def holder_of(method: PayoutMethod | None) -> str:
    """Return whom a method pays, by name: opened for the page that shows it, which must come up without keys too."""
    try:
        return details_of(method).holder if method else ""
    except Unreadable as problem:
        return problem.sentence
