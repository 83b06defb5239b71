"""The forms in which somebody hands in tax papers: the same for partners, for finance, and behind a mailed link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.apps.record.errors import Refusal
from rapport.apps.taxes.inputs import LARGEST_FORM
from rapport.apps.taxes.models import TaxForm, TaxFormKind, TaxKind, TaxProfile
from rapport.apps.taxes.numbers import kinds_of
from rapport.doors.access import show_refusal

_COLUMNS = (
    *("country", "kind", "legal_name", "street", "postcode", "city", "region"),
    *("vat_id", "small_business"),
)
_NAMES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class ProfileForm(forms.Form):
    """Who somebody is to tax offices."""

    country = forms.ChoiceField(label=_("Country"), help_text=_("Where you pay taxes."))
    kind = forms.ChoiceField(label=_("You are"), choices=TaxKind.choices, widget=forms.RadioSelect)
    legal_name = forms.CharField(
        label=_("Full legal name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("As the tax office knows it."),
    )
    street = forms.CharField(
        label=_("Street and number"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "address-line1"})
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=16,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    region = forms.CharField(
        label=_("State or region"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    vat_id = forms.CharField(
        label=_("VAT id"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Such as DE136695976; its check digits are looked at. Empty if you have none."),
    )
    small_business = forms.BooleanField(
        label=_("Small business that charges no VAT"),
        required=False,
        help_text=_("Only if your tax office has freed you from charging VAT."),
    )

    def __init__(self, data: MultiValueDict[str, str] | None = None, *, profile: TaxProfile | None = None) -> None:
        initial = {name: getattr(profile, name) for name in _COLUMNS} if profile else {}
        super().__init__(data, initial=initial, auto_id="profile-%s")
        field = self.fields["country"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose a country")), *countries((get_language() or "en").partition("-")[0])]


class NumberForm(forms.Form):
    """By which number a tax office knows somebody. What is on file is never put into it."""

    kind = forms.ChoiceField(label=_("Which number"))
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It is kept encrypted; pages show its last characters alone. A new one takes its place."),
    )

    def __init__(self, data: MultiValueDict[str, str] | None = None, *, country: str = "") -> None:
        super().__init__(data, auto_id="number-%s")
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.key, kind.label) for kind in kinds_of(country)]


class TaxFileForm(forms.Form):
    """A form that somebody signed, as a file."""

    kind = forms.ChoiceField(
        label=_("Which form"),
        choices=TaxFormKind.choices,
        widget=forms.RadioSelect,
        help_text=_("W-9 for payees of the United States; elsewhere W-8BEN for a person, W-8BEN-E for a company."),
    )
    signed_on = forms.DateField(
        label=_("Signed on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day that stands beside the signature."),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        help_text=_("PDF, JPEG or PNG of at most 5 MB. It is kept encrypted; only people of finance open it."),
    )

    def __init__(
        self,
        data: MultiValueDict[str, str] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        wanted: str = "",
    ) -> None:
        super().__init__(data, files, initial={"kind": wanted}, auto_id="form-%s")

    def clean_file(self) -> bytes:
        """Return what the file holds, if it is no giant."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FORM:
            raise forms.ValidationError(_("This file is too large: at most 5 MB."))
        content: bytes = given.read()
        return content

    @property
    def given(self) -> dict[str, object]:
        """Return what was handed in, as the action takes it."""
        told = self.cleaned_data
        return {"kind": told["kind"], "signed_on": told["signed_on"], "content": told["file"]}


@dataclass(frozen=True, slots=True)
class PaperForms:
    """The forms of a page of papers; only the one that was sent is bound."""

    profile: ProfileForm
    file: TaxFileForm
    number: NumberForm

    @property
    def status(self) -> int:
        """Return what a page with these forms is answered with."""
        return 422 if self.profile.errors or self.file.errors or self.number.errors else 200


def paper_forms(request: HttpRequest, *, profile: TaxProfile | None, wanted: str) -> PaperForms:
    """Return the forms of a page of papers; `wanted` is the form to sign that is chosen at first."""
    country = profile.country if profile else ""
    return PaperForms(
        ProfileForm(request.POST if posted(request, "profile") else None, profile=profile),
        TaxFileForm(request.POST, request.FILES) if posted(request, "form") else TaxFileForm(wanted=wanted),
        NumberForm(request.POST if posted(request, "number") else None, country=country),
    )


def posted(request: HttpRequest, name: str) -> bool:
    """Say whether the form of this name was sent: several stand on one page."""
    return request.method == "POST" and request.POST.get("what") == name


def acted(form: forms.Form, act: Callable[[], object]) -> bool:
    """Act if the form is filled in; a refusal goes to its fields, and nothing that was typed is lost."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def form_chosen_first(profile: TaxProfile | None) -> str:
    """Return the form that somebody of this profile most likely signs."""
    if profile is None:
        return ""
    if profile.country == "US":
        return TaxFormKind.W9.value
    return (TaxFormKind.W8BENE if profile.kind == TaxKind.COMPANY else TaxFormKind.W8BEN).value


def form_answer(form: TaxForm, content: bytes) -> HttpResponse:
    """Answer with a form as a file to keep, never as something that a browser runs."""
    answer = HttpResponse(content, content_type=form.media_type, headers={"X-Content-Type-Options": "nosniff"})
    name = f"{form.kind}-{form.signed_on.isoformat()}-{form.id[-6:]}.{_NAMES[form.media_type]}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return the countries of the world by name, in a language."""
    names = Locale.parse(language).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NONE]  # noqa: PLR2004 - letters of a country's code
    return tuple(sorted(found, key=lambda one: one[1]))


_NONE = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Codes of what is no country."""
