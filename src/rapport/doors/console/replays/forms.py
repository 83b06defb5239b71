"""Forms of replays: which days and partners, and for how long and with which names a link shows one."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.doors.console.forms import offer
from rapport.doors.ui.days import BOUNDS


class ReplayForm(forms.Form):
    """Which days are replayed, and for whom."""

    first_on = forms.DateField(label=_("First day"), validators=BOUNDS, widget=forms.DateInput(attrs={"type": "date"}))
    last_on = forms.DateField(label=_("Last day"), validators=BOUNDS, widget=forms.DateInput(attrs={"type": "date"}))
    partners = forms.MultipleChoiceField(
        label=_("Only these partners"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Choose none for all of them."),
    )
    own_too = forms.BooleanField(
        label=_("Also those with terms of their own"),
        required=False,
        help_text=_("Without this they keep what was agreed with them alone."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, partners: Sequence[tuple[str, str]], initial: dict[str, object]
    ) -> None:
        """Offer the partners of the program."""
        super().__init__(data, initial=initial)
        offer(self.fields["partners"], partners)


class ShareForm(forms.Form):
    """Who may read a replay without signing in."""

    days = forms.TypedChoiceField(
        label=_("The link works for"),
        choices=((7, _("7 days")), (30, _("30 days")), (90, _("90 days"))),
        coerce=int,
        initial=7,
    )
    shows_names = forms.BooleanField(
        label=_("Show the names of partners"),
        required=False,
        help_text=_("Without this they are called Partner 1, Partner 2 …"),
    )
