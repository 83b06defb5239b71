"""Forms of the settings pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import TEAM_ROLES, KeyScope
from rapport.domain.money import CURRENCIES

_ROLES = [(role.value, role.label) for role in Role if role in TEAM_ROLES]
_SCOPES = [
    (KeyScope.CONVERSIONS_WRITE.value, _("Report conversions and corrections")),
    (KeyScope.LINKS_WRITE.value, _("Make links, limit and pause them")),
    (KeyScope.TERMS_WRITE.value, _("Try terms on the past")),
    (KeyScope.READ.value, _("Read programs, partners, links, conversions and commissions")),
]


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES, initial=Role.SALES)


class RoleForm(forms.Form):
    """What a member is to be."""

    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)


class KeyForm(forms.Form):
    """What a key is for."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Where it will be used, such as: shop server."))
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=_SCOPES,
        widget=forms.CheckboxSelectMultiple,
        initial=[KeyScope.CONVERSIONS_WRITE.value],
    )


class OrganisationForm(forms.Form):
    """What an organisation is called and where it is found."""

    name = forms.CharField(label=_("Name"), max_length=120)
    website = forms.URLField(label=_("Website"), max_length=500, required=False, assume_scheme="https")
    country = forms.CharField(label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as DE."))


class SuppressionForm(forms.Form):
    """An address that gets no more mail."""

    email = forms.EmailField(label=_("Mail address"))
    note = forms.CharField(label=_("Why"), max_length=250, required=False)


_CURRENCIES = [(code, code) for code in sorted(CURRENCIES)]


class RateFileForm(forms.Form):
    """A file of the European Central Bank."""

    what = forms.CharField(widget=forms.HiddenInput, initial="file", required=False)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "The daily or 90-day list as XML, or the history as CSV or zip; the last two years of it are taken."
        ),
    )


class RateForm(forms.Form):
    """What one currency was worth in another on a day."""

    what = forms.CharField(widget=forms.HiddenInput, initial="rate", required=False)
    base = forms.ChoiceField(label=_("One of this currency"), choices=_CURRENCIES, initial="USD")
    rate = forms.CharField(label=_("was worth"), max_length=32, help_text=_("Such as 0.9231, as it was quoted."))
    quote = forms.ChoiceField(label=_("of this one"), choices=_CURRENCIES, initial="EUR")
    day = forms.DateField(
        label=_("on this day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Orders of this day and the days after it take the rate, until a later one is known."),
    )
