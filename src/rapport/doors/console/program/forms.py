"""Forms of a program: what it is called and where it leads, and when terms take effect."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.apps.programs.models import Program
from rapport.domain.money import CURRENCIES

_FIRST_CURRENCIES = ("EUR", "USD", "GBP")
_ADDRESS = {"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}


def _currencies() -> list[tuple[str, str]]:
    rest = sorted(code for code in CURRENCIES if code not in _FIRST_CURRENCIES)
    return [(code, code) for code in (*_FIRST_CURRENCIES, *rest)]


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


class ProgramForm(forms.Form):
    """What a person says about a program; the action checks what the words mean."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    landing_url = forms.CharField(
        label=gettext_lazy("Landing page"),
        max_length=2000,
        widget=forms.TextInput(attrs=_ADDRESS | {"placeholder": "https://shop.example/"}),
        help_text=gettext_lazy("Where links lead when a partner names no product."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=_currencies)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=_zones, initial="Europe/Berlin")
    hosts = forms.CharField(
        label=gettext_lazy("Hosts that links may lead to"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2} | _ADDRESS),
        help_text=gettext_lazy("One a line, such as www.shop.example. The landing page’s own is always one."),
    )
    fallback_url = forms.CharField(
        label=gettext_lazy("Page for closed links"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs=_ADDRESS),
        help_text=gettext_lazy("Where a visitor lands when a link or the program is closed. Empty: the landing page."),
    )
    slug = forms.CharField(
        label=gettext_lazy("Address of the public page"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs=_ADDRESS),
        help_text=gettext_lazy("The last part after /p/. Empty: made from the name."),
    )
    pitch = forms.CharField(
        label=gettext_lazy("What partners should know"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent_required = forms.BooleanField(
        label=gettext_lazy("Links set no cookie without consent"),
        required=False,
        help_text=gettext_lazy("The click id travels in the address; the script keeps it once the visitor agreed."),
    )

    @property
    def given(self) -> dict[str, object]:
        """Return what was filled in, as the action takes it."""
        names = set(ProgramForm.base_fields)
        fields = {name: value for name, value in self.cleaned_data.items() if name in names}
        return fields | {"hosts": tuple(self.cleaned_data["hosts"].split())}

    def fix(self, *names: str, reason: str) -> None:
        """Keep fields from being changed, and say why."""
        for name in names:
            self.fields[name].disabled = True
            self.fields[name].help_text = reason


class NewProgramForm(ProgramForm):
    """A program with the terms to start from; the page draws the choice with its sentences."""

    preset = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)


def texts_of(program: Program) -> dict[str, object]:
    """Return a program as its form shows it: texts, and what is ticked."""
    plain = ProgramForm.base_fields.keys() - {"hosts", "consent_required"}
    texts: dict[str, object] = {name: str(getattr(program, name)) for name in plain}
    return texts | {"hosts": "\n".join(program.hosts), "consent_required": program.consent_required}


class PublishForm(forms.Form):
    """From when on a version is in force, in the program's zone, and why it was made."""

    effective_at = forms.CharField(
        label=gettext_lazy("In force from"),
        required=False,
        max_length=32,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for partners"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("Why it changes, in one sentence."),
    )

    def __init__(self, data: QueryDict | None = None, *, zone: str) -> None:
        """Read moments in this zone."""
        super().__init__(data)
        self._zone = ZoneInfo(zone)
        self.fields["effective_at"].help_text = _("Time of %(zone)s. Empty: at once.") % {"zone": zone}

    def clean_effective_at(self) -> datetime | None:
        """Return the moment, or nothing for at once; a moment that clocks skip is refused."""
        text = self.cleaned_data["effective_at"]
        if not text:
            return None
        try:
            wall = datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Give a moment such as 2026-05-04T12:30.")) from error
        if wall.tzinfo is not None:
            raise forms.ValidationError(_("Leave the zone away: the moment is one of the program's zone."))
        try:
            moment = wall.replace(tzinfo=self._zone).astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(_("Choose a year that people will live to see.")) from error
        if moment.astimezone(self._zone).replace(tzinfo=None) != wall:
            raise forms.ValidationError(_("Clocks skip this moment when summer time begins. Choose another."))
        return moment
