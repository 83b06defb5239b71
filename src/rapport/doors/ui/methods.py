"""The form in which somebody says how to be paid: the same for partners and for finance."""

from collections.abc import Iterator

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.apps.payouts.details import details_of
from rapport.apps.payouts.models import PayoutMethod
from rapport.apps.payouts.providers.wise.formats import formats
from rapport.apps.record.errors import Unreadable
from rapport.domain.money import CURRENCIES

KINDS = (
    ("iban", _("Bank account with an IBAN (SEPA)")),
    ("ach", _("Bank account in the USA")),
    ("paypal", _("PayPal")),
    ("wise", _("By Wise, to a bank account in another currency")),
    ("bank", _("Bank account elsewhere")),
    ("manual", _("Another way, as agreed with the program")),
)

HOLDERS = (("person", _("A person")), ("business", _("A company")))
ACCOUNT_TYPES = (("checking", _("Checking")), ("savings", _("Savings")))

NEEDED = {
    "iban": ("iban", "town", "residence"),
    "ach": ("holder_kind", "routing", "account", "account_type"),
    "paypal": ("email",),
    "wise": ("currency", "holder_kind"),
    "bank": ("country", "account", "routing"),
    "manual": ("note",),
}
"""Which fields each way needs; of Wise the currency decides the others, and the action says so at the field."""


_ADDRESS = ("street", "postcode", "town", "residence")
_SHOWN = {
    "iban": ("iban", "bic", *_ADDRESS),
    "ach": NEEDED["ach"],
    "paypal": NEEDED["paypal"],
    "wise": (*NEEDED["wise"], "email"),
    "bank": NEEDED["bank"],
    "manual": NEEDED["manual"],
}
"""Which fields each way shows; of Wise the currency adds others."""

_FREE = frozenset({"bic", "street", "postcode", "pay_in"})
"""Fields that no way insists on."""


class MethodForm(forms.Form):
    """How to be paid: only the fields of the way that is chosen are needed; the action says what is wrong in them."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Way of being paid"), choices=KINDS, widget=forms.RadioSelect, initial="iban")
    holder = forms.CharField(label=_("Name of whoever is paid"), max_length=70, help_text=_("As the bank knows it."))
    currency = forms.ChoiceField(
        label=_("Currency of the account"), choices=lambda: [("", "…"), *((one, one) for one in formats())]
    )
    holder_kind = forms.ChoiceField(label=_("The account belongs to"), choices=HOLDERS, widget=forms.RadioSelect)
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    bic = forms.CharField(
        label=_("Code of the bank (BIC)"), max_length=20, required=False, help_text=_("Most banks do not need it.")
    )
    country = forms.CharField(label=_("Country of the bank"), max_length=2, help_text=_("Two letters, such as JP."))
    routing = forms.CharField(
        label=_("Number of the bank"),
        max_length=60,
        help_text=_("Routing number, sort code, BSB, IFSC or SWIFT code, as it is called there."),
    )
    branch = forms.CharField(label=_("Number of the branch"), max_length=20)
    account = forms.CharField(
        label=_("Account number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    account_type = forms.ChoiceField(label=_("Kind of account"), choices=ACCOUNT_TYPES, widget=forms.RadioSelect)
    street = forms.CharField(label=_("Street and number"), max_length=70, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    town = forms.CharField(label=_("Town"), max_length=35)
    residence = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, such as DE."))
    email = forms.CharField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "off"}),
        help_text=_("Of your PayPal account. For Wise, only if it shall write to you."),
    )
    note = forms.CharField(label=_("What was agreed"), max_length=250)
    pay_in = forms.ChoiceField(
        label=_("Paid in"),
        choices=[("", _("the currency of the program")), *((one, one) for one in sorted(CURRENCIES))],
        help_text=_("Another currency is exchanged at the rate of the payout run."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        needed = NEEDED.get(data.get("kind", ""), ()) if data else ()
        for name in self.fields.keys() - {"kind", "holder"}:
            self.fields[name].required = name in needed if data else name not in _FREE

    def drawn_fields(self) -> Iterator[tuple[BoundField, str]]:
        """Yield every field with the ways that it belongs to, as the page's script reads them; none means all."""
        for field in self:
            yield field, " ".join(_ways_of(field.name))


def _ways_of(name: str) -> Iterator[str]:
    """Yield the ways that show a field: `ach`, or `wise:USD` where only this currency needs it."""
    yield from (kind for kind, names in _SHOWN.items() if name in names)
    for currency, wanted in formats().items():
        typed = {
            *wanted.details,
            *(("account_type",) if wanted.account_type else ()),
            *(_ADDRESS if wanted.address else ()),
        }
        if name in typed:
            yield f"wise:{currency}"


def holder_of(method: PayoutMethod | None) -> str:
    """Return whom a method pays, by name: opened for the page that shows it, which must come up without keys too."""
    try:
        return details_of(method).holder if method else ""
    except Unreadable as problem:
        return problem.sentence
