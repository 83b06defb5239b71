"""Forms of the public pages."""

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.languages import spoken
from rapport.apps.partners.models import Segment
from rapport.apps.programs.models import TermsVersion
from rapport.doors.ui.addresses import complete


class ApplicationForm(forms.Form):
    """What somebody says who wants to join: one page, six fields and the terms."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    organisation_name = forms.CharField(
        label=_("Name of your site, shop or firm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    website = forms.CharField(
        label=_("Where you would show us"),
        max_length=490,  # leaves room for the scheme that a bare host gets
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "autocapitalize": "off"}),
        help_text=_("The address of your site, shop or channel."),
    )
    segment = forms.ChoiceField(label=_("What you do"), choices=Segment.choices)
    promotion = forms.CharField(
        label=_("How you would promote us"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, required=False, help_text=_("Of our mail to you.")
    )
    accepted_version = forms.CharField(max_length=32, widget=forms.HiddenInput)
    accept = forms.BooleanField(error_messages={"required": _("Read the terms and accept them to join.")})

    def __init__(self, data: QueryDict | None, *, version: TermsVersion, promise: str) -> None:
        """Ask to accept this version with its first sentence, and no other."""
        super().__init__(data, initial={"accepted_version": version.id, "language": spoken(get_language() or "")})
        words = _("I accept terms v%(number)s: “%(promise)s”")
        self.fields["accept"].label = words % {"number": version.number, "promise": promise}

    @property
    def given(self) -> dict[str, object]:
        """Return what was filled in, as the action takes it; a bare host becomes an address."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "accept"}
        language = fields["language"] or spoken(get_language() or "")
        return fields | {"website": complete(fields["website"]), "language": language}


class AnswerForm(forms.Form):
    """The applicant's answer to a question."""

    answer = forms.CharField(label=_("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
