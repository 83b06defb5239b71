"""Forms of the pages of finance."""

import re
from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.domain.money import BadAmount, Money, decimals_of, parse_amount
from rapport.domain.payouts import Outcome

_LARGEST_FILE = 20_000_000
_THOUSANDS = 3
"""With so many decimals, what stands before three digits is their dot, and separates no thousands."""


class PrepareForm(forms.Form):
    """When a run pays; `wish` makes a second press of the button the same run."""

    pay_on = forms.DateField(
        label=_("Pay on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Proposed: the next payday of the terms on which banks work."),
    )
    wish = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ApproveForm(forms.Form):
    """The total, written by the second person."""

    total = forms.CharField(
        label=_("Write the total to approve it"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *, currency: str, foreign: Sequence[str] = ()) -> None:
        super().__init__(data, auto_id="approve-%s")
        self._currency = currency
        self._foreign = foreign
        for one in foreign:
            self.fields[f"total_{one}"] = forms.CharField(
                label=_("Write what it sends in %(currency)s") % {"currency": one},
                max_length=40,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean_total(self) -> Money:
        """Read the amount as people write it: spaces and a comma are forgiven."""
        try:
            return money_typed(self.cleaned_data["total"], self._currency)
        except BadAmount as bad:
            raise forms.ValidationError(str(bad)) from bad

    def clean(self) -> None:
        """Read the totals of the other currencies likewise."""
        for one in self._foreign:
            try:
                self.cleaned_data[f"total_{one}"] = money_typed(self.cleaned_data.get(f"total_{one}", ""), one)
            except BadAmount as bad:
                if f"total_{one}" not in self.errors:
                    self.add_error(f"total_{one}", str(bad))

    @property
    def foreign(self) -> list[Money]:
        """Return what was written of each other currency."""
        return [self.cleaned_data[f"total_{one}"] for one in self._foreign]


def money_typed(text: str, currency: str) -> Money:
    """Read an amount as people write it: spaces, a comma and the currency behind it are forgiven."""
    plain = re.sub(r"[\s\u00a0,](?=\d{3}(\D|$))", "", text.strip()) if decimals_of(currency) < _THOUSANDS else text
    return parse_amount(plain.replace(",", ".").strip().removesuffix(currency).strip(), currency)


class WhyForm(forms.Form):
    """Why a run is abandoned or a payout taken out of it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Your team reads it.")
    )


class WriteOffForm(forms.Form):
    """Why a debt is given up."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: the agreement has ended, and nothing more will be earned. It is kept with the entry."),
    )


class AnswerFileForm(forms.Form):
    """The file with which a bank answers."""

    file = forms.FileField(
        label=_("Answer of the bank"),
        help_text=_(
            "A pain.002 file, a NACHA file of returns, or CSV with the columns payout, outcome (settled, failed, "
            "returned, unclaimed, unknown) and reference."
        ),
    )

    def clean_file(self) -> bytes:
        """Return what the file holds, if it is no giant."""
        given = self.cleaned_data["file"]
        if given.size > _LARGEST_FILE:
            raise forms.ValidationError(_("This file is too large: at most 20 MB."))
        content: bytes = given.read()
        return content


_OUTCOMES = (
    (Outcome.SETTLED.value, _("It arrived")),
    (Outcome.FAILED.value, _("It failed: the money never left")),
    (Outcome.RETURNED.value, _("It came back")),
    (Outcome.UNCLAIMED.value, _("It waits until the partner takes it")),
    (Outcome.UNKNOWN.value, _("Nobody knows yet")),
)


class OutcomeForm(forms.Form):
    """What became of a payout."""

    outcome = forms.ChoiceField(label=_("What became of it?"), choices=_OUTCOMES, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Reference of the bank, or the reason"), max_length=64, help_text=_("The partner reads it.")
    )
    moved = forms.CharField(
        label=_("What it truly cost, or what came back"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("In the currency of the program. The difference is booked as gain or loss; empty: none."),
    )

    def __init__(self, data: QueryDict | None = None, *, exchanged: str = "") -> None:
        super().__init__(data)
        self._currency = exchanged
        if not exchanged:
            del self.fields["moved"]

    def clean_moved(self) -> Money | None:
        """Read the amount; nothing where none was written."""
        text = self.cleaned_data["moved"].strip()
        try:
            return money_typed(text, self._currency) if text else None
        except BadAmount as bad:
            raise forms.ValidationError(str(bad)) from bad


class SettleRestForm(forms.Form):
    """By which line of the bank statement everything else of a rail arrived."""

    reference = forms.CharField(
        label=_("Reference of the bank"), max_length=64, help_text=_("As the bank statement names it.")
    )


class PayoutSettingsForm(forms.Form):
    """How the program pays."""

    country = forms.CharField(
        label=_("Bank holidays of"),
        max_length=2,
        required=False,
        help_text=_("Two letters of a country, such as DE. Empty: only weekends move a payday."),
    )
    cooling_hours = forms.IntegerField(
        label=_("A changed payout method waits"),
        min_value=0,
        max_value=720,
        help_text=_("Hours, so that a partner can object before money goes to a new account."),
    )
