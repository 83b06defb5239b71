"""Forms of the portal."""

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.apps.tracking.inputs import SUB_NAMES
from rapport.doors.ui.caps import clicks_in_total, clicks_per_day
from rapport.doors.ui.days import first_day, last_day

_LIMITS = ("starts_on", "ends_on", "clicks_per_day", "clicks_in_total", "fallback_url")
_PRINTABLE = RegexValidator(r"\A[^\x00-\x1f\x7f]*\Z", _("Remove the control characters."))


class LimitsForm(forms.Form):
    """When a link leads on, how often, and where to otherwise."""

    starts_on = first_day()
    ends_on = last_day()
    clicks_per_day = clicks_per_day()
    clicks_in_total = clicks_in_total()
    fallback_url = forms.CharField(
        label=_("Outside that time it leads to"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("Empty: the fallback page of the program."),
    )


class LinkForm(LimitsForm):
    """What a partner says about a link; sub-ids come back in the partner's own reports."""

    destination = forms.CharField(
        label=_("Leads to"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("Empty: the landing page of the program. {sub1}, {placement} and others are filled in."),
    )
    code = forms.CharField(
        label=_("Short code"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("The end of the address, such as: anna-shoes. Empty: one is made up."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        validators=[_PRINTABLE],
        help_text=_("For you alone, such as: newsletter of May."),
    )
    placement = forms.CharField(
        label=_("Placement"),
        max_length=64,
        required=False,
        validators=[_PRINTABLE],
        help_text=_("Where it will stand, such as: sidebar."),
    )
    channel = forms.CharField(
        label=_("Channel"),
        max_length=64,
        required=False,
        validators=[_PRINTABLE],
        help_text=_("How people come, such as: newsletter."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Add the ten sub-ids, which differ in nothing but their number."""
        super().__init__(data)
        for name in SUB_NAMES:
            self.fields[name] = forms.CharField(label=name, max_length=250, required=False, validators=[_PRINTABLE])

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """Return the fields that most links need."""
        return [field for field in self if field.name not in {*SUB_NAMES, *_LIMITS}]

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        """Return when it leads on, how often, and where to otherwise."""
        return [self[name] for name in _LIMITS]

    @property
    def sub_fields(self) -> list[forms.BoundField]:
        """Return the sub-ids."""
        return [self[name] for name in SUB_NAMES]

    @property
    def given(self) -> dict[str, object]:
        """Return what was filled in, as the action takes it."""
        not_words = {*SUB_NAMES, "starts_on", "ends_on"}
        words = {name: value for name, value in self.cleaned_data.items() if name not in not_words}
        return words | {"subs": {name: self.cleaned_data[name] for name in SUB_NAMES if self.cleaned_data[name]}}


class ProfileForm(forms.Form):
    """What a person may change about oneself."""

    name = forms.CharField(label=_("Your name"), max_length=120, validators=[_PRINTABLE])
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        required=False,
        help_text=_("Of these pages, and of our mail to you."),
    )


class ObjectionForm(forms.Form):
    """What is wrong with a paper that the program wrote."""

    body = forms.CharField(
        label=_("Your words"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what is wrong: name, address, VAT id, the VAT, an amount. People of finance read it."),
    )


class ReplyForm(forms.Form):
    """What a partner has to say about a commission."""

    body = forms.CharField(
        label=_("Your words"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The program reads it and answers here."),
    )
