"""Forms of the program pages; what a field may hold is decided by the inputs of the actions."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.apps.conversions.models import DeclineCode as OrderDeclineCode
from rapport.apps.partners.models import DeclineCode
from rapport.doors.ui.caps import clicks_in_total, clicks_per_day
from rapport.doors.ui.days import first_day, last_day

Choices = Sequence[tuple[str, str]]


def offer(field: forms.Field, choices: Choices) -> None:
    """Let a field offer what is there to choose from at this moment."""
    if not isinstance(field, forms.ChoiceField):
        raise TypeError("only a choice offers choices")
    field.choices = choices


class AskForm(forms.Form):
    """What to ask an applicant."""

    question = forms.CharField(
        label=_("Question"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("It goes by mail.")
    )


class DeclineForm(forms.Form):
    """Why an application is declined."""

    code = forms.ChoiceField(label=_("Reason"), choices=DeclineCode)
    reason = forms.CharField(
        label=_("In your words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The applicant reads it."),
    )


class ReasonForm(forms.Form):
    """Why somebody decides so. Several of these stand on one page, so each kind names its fields' ids by itself."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The partner reads it."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}-%s")


class SuspendForm(ReasonForm):
    """Why an agreement rests."""


class EndForm(ReasonForm):
    """How an agreement ends."""

    for_breach = forms.BooleanField(
        label=_("For a breach of the terms: what its clicks still bring is held for a person"), required=False
    )


class DeclineOrderForm(ReasonForm):
    """Why nobody earns from an order."""

    code = forms.ChoiceField(label=_("Code"), choices=OrderDeclineCode)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What shows it, such as the text of a message or the address of a page. The partner reads it."),
    )
    field_order = ("code", "reason", "evidence")


class UpholdForm(ReasonForm):
    """Why a decline stays after the partner's reply."""


class TakeBackForm(ReasonForm):
    """Why an approval is taken back."""


class AnswerForm(forms.Form):
    """What to say to a partner about a commission."""

    body = forms.CharField(
        label=_("Message"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The partner reads it in the portal and by mail."),
    )


class AsideForm(forms.Form):
    """Why nobody waits for something any more."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Your team reads it.")
    )


class UndoDeclineForm(ReasonForm):
    """Why an order counts again."""


class RefuseForm(ReasonForm):
    """Why an approved commission stays as it is."""


class SettleForm(ReasonForm):
    """Which of the reported amounts is true."""

    report = forms.ChoiceField(label=_("Which amount is true?"), widget=forms.RadioSelect)
    field_order = ("report", "reason")

    def __init__(self, data: QueryDict | None = None, *, wordings: Choices) -> None:
        super().__init__(data)
        offer(self.fields["report"], wordings)


class LiftForm(ReasonForm):
    """Which doubt is put aside."""

    hold = forms.ChoiceField(label=_("Doubt"), widget=forms.RadioSelect)
    field_order = ("hold", "reason")

    def __init__(self, data: QueryDict | None = None, *, holds: Choices) -> None:
        super().__init__(data)
        offer(self.fields["hold"], holds)


class ForPartnerForm(forms.Form):
    """Something for one of the program's partners."""

    agreement = forms.ChoiceField(label=_("Partner"))

    def offer(self, partners: Choices) -> None:
        """Offer these partners (agreement id, name)."""
        offer(self.fields["agreement"], partners)


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
        help_text=_("Empty: the fallback page of the program."),
    )


class LinkForm(LimitsForm, ForPartnerForm):
    """A link for a partner."""

    field_order = ("agreement", "destination", "name", "code", "placement", "channel", "sub1")

    destination = forms.CharField(
        label=_("Leads to"),
        max_length=2000,
        required=False,
        help_text=_("Empty: the landing page of the program. {sub1}, {placement} and others are filled in."),
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    code = forms.CharField(label=_("Short code"), max_length=64, required=False, help_text=_("Empty: one is made up."))
    placement = forms.CharField(label=_("Placement"), max_length=64, required=False)
    channel = forms.CharField(label=_("Channel"), max_length=64, required=False)
    sub1 = forms.CharField(label=_("Sub-id 1"), max_length=250, required=False)


class CouponForm(ForPartnerForm):
    """A code for a partner."""

    code = forms.CharField(label=_("Code"), max_length=64, help_text=_("Letters, digits, hyphens: ANNA12."))
    starts_on = first_day()
    ends_on = last_day()
