"""Forms of the tax pages of the console."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.apps.payouts.models import MethodKind
from rapport.apps.taxes.models import TaxKind, VatOverride
from rapport.domain.tax import Need, Rule
from rapport.flows.explaining.vat import treatment_words
from rapport.flows.tax_papers import need_words

_SPARE_ROWS = 3

PRESETS: dict[str, tuple[Promise, tuple[Rule, ...]]] = {
    "us": (
        _("A payer in the United States"),
        (Rule("!US", "", "", (Need.W8,)), Rule("", "", "", (Need.PROFILE,)), Rule("US", "", "", (Need.W9,))),
    ),
    "eu": (
        _("A payer in the European Union that bills for its partners"),
        (
            Rule("", "", "", (Need.PROFILE, Need.SELF_BILLING)),
            Rule("EU", TaxKind.COMPANY.value, "", (Need.VAT_ID,)),
        ),
    ),
    "profile": (_("Only who the partner is"), (Rule("", "", "", (Need.PROFILE,)),)),
}
"""What programs mostly ask for; a start to be changed, and no advice."""


class RuleForm(forms.Form):
    """One line of what is asked for; without anything asked it is no line."""

    where = forms.CharField(label=_("Country"), max_length=3, required=False)
    kind = forms.ChoiceField(label=_("Who"), choices=[("", _("anybody")), *TaxKind.choices], required=False)
    rail = forms.ChoiceField(label=_("Paid by"), choices=[("", _("any way")), *MethodKind.choices], required=False)
    needs = forms.MultipleChoiceField(label=_("Needs"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, data: QueryDict | None, *, number: int, rule: Rule | None = None) -> None:
        initial = (
            {"where": rule.where, "kind": rule.kind, "rail": rule.rail, "needs": [str(need) for need in rule.needs]}
            if rule
            else {}
        )
        super().__init__(data, prefix=f"rule-{number}", initial=initial)
        needs = self.fields["needs"]
        if isinstance(needs, forms.MultipleChoiceField):
            needs.choices = list(need_words().items())

    @property
    def given(self) -> dict[str, object] | None:
        """Return the line as the action takes it; nothing for an empty one."""
        told = self.cleaned_data
        if not told["needs"] and not told["where"]:
            return None
        return {**told, "where": told["where"].upper(), "needs": tuple(told["needs"])}


class TaxSettingsForm(forms.Form):
    """What the program asks for before it pays, and whether it bills for its partners."""

    self_billing = forms.BooleanField(
        label=_("Write the invoices for partners who agree to it"),
        required=False,
        help_text=_("VAT that is due is then paid on top. Without it partners write invoices of their own."),
    )
    rules = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, rules: Sequence[Rule], self_billing: bool) -> None:
        super().__init__(data, initial={"self_billing": self_billing})
        shown = [*rules, *[None] * _SPARE_ROWS]
        self.lines = [RuleForm(data, number=number, rule=rule) for number, rule in enumerate(shown)]

    def is_valid(self) -> bool:
        """Say whether every line is."""
        lines = [line.is_valid() for line in self.lines]
        return super().is_valid() and all(lines)

    @property
    def given(self) -> dict[str, object]:
        """Return what was filled in, as the action takes it."""
        rules = [line.given for line in self.lines if line.given]
        return {"rules": rules, "self_billing": self.cleaned_data["self_billing"]}


class RateForm(forms.Form):
    """What is kept back from a partner."""

    percent = forms.CharField(
        label=_("Kept back from each payout"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("In percent, such as 24; 0 keeps nothing back. What the law asks for, you or your adviser know."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=250,
        required=False,
        help_text=_("Such as: no tax number on file; treaty with Germany, article 12. The partner reads it."),
    )


class OverrideForm(forms.Form):
    """How finance says that a partner's supplies are treated."""

    treatment = forms.ChoiceField(label=_("Treat it as"), required=False)
    from_on = forms.DateField(
        label=_("For payouts from this day on"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The partner reads it, and it is kept for good."),
    )

    def __init__(self, data: QueryDict | None, *, override: VatOverride | None, today: date) -> None:
        known = {"treatment": override.treatment} if override else {}
        super().__init__(data, initial={**known, "from_on": today}, auto_id="vat-%s")
        field = self.fields["treatment"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("What follows from the profiles")), *treatment_words().items()]


class VatRateForm(forms.Form):
    """The standard rate of a country from a day on."""

    country = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, such as DE."))
    percent = forms.CharField(
        label=_("Rate"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    from_on = forms.DateField(label=_("From this day on"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(
        label=_("By which law or notice"),
        max_length=250,
        required=False,
        help_text=_("Whoever checks it next looks there."),
    )


class WordsForm(forms.Form):
    """What somebody says about a paper; `what` names the form among those of its page."""

    what = ""
    words = forms.CharField(label=_("Your words"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"{self.what}-%s")

    @property
    def told(self) -> str:
        """Return the words."""
        return str(self.cleaned_data["words"])


class AnswerForm(WordsForm):
    """An answer to the partner that decides nothing."""

    what = "answer"


class UpholdForm(WordsForm):
    """Why a paper stands as it is."""

    what = "uphold"


class CorrectForm(WordsForm):
    """What was wrong with a paper that is written anew."""

    what = "correct"
    words = forms.CharField(
        label=_("What was wrong"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The partner reads it, and it is kept for good."),
    )


class RefuseForm(forms.Form):
    """Why a form cannot be used."""

    reason = forms.CharField(
        label=_("What is wrong with it"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The partner reads it, and is asked for another one."),
    )
