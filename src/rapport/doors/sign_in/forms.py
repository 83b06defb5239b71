"""Forms of signing in; the rules stand in the inputs and actions, here is only what a person sees."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NewPassword(forms.CharField):
    """A password to be chosen; where codes by mail do instead, it may stay empty."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            label=_("Password"),
            strip=False,
            required=required,
            max_length=1_000,
            help_text=_("At least ten characters.") if required else _("Leave it empty to sign in by mailed codes."),
        )


class StartForm(forms.Form):
    """What the first owner says."""

    organisation = forms.CharField(label=_("Name of your organisation"), max_length=120)
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = NewPassword()


class TeammateJoinForm(forms.Form):
    """What an invited teammate says."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = NewPassword()


class PartnerJoinForm(forms.Form):
    """What an invited partner says; a code by mail does instead of a password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = NewPassword(required=False)


class AccountForm(forms.Form):
    """What a person says about itself."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
