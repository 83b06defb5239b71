"""Forms of signing in; the rules stand in the inputs and actions, here is only what a person sees."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.doors.ui.shell import Words


def _password(*, required: bool = True, help_text: Words = "") -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        required=required,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=help_text,
    )


class StartForm(forms.Form):
    """What the first owner says."""

    organisation = forms.CharField(label=_("Name of your organisation"), max_length=120)
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = _password(help_text=_("At least ten characters."))


class TeammateJoinForm(forms.Form):
    """What an invited teammate says."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = _password(help_text=_("At least ten characters."))


class PartnerJoinForm(forms.Form):
    """What an invited partner says; a code by mail does instead of a password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = _password(required=False, help_text=_("Leave it empty to sign in by mailed codes."))


class AccountForm(forms.Form):
    """What a person says about itself."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
