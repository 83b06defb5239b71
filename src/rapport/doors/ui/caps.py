"""The fields of a link's cap, and what stands on pages of how full it is."""

from functools import partial

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.apps.tracking.inputs import MOST_CLICKS
from rapport.domain.caps import Cap

_field = partial(
    forms.IntegerField,
    required=False,
    min_value=1,
    max_value=MOST_CLICKS,
    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
)


def clicks_per_day() -> forms.IntegerField:
    """Return the field for the clicks of a day."""
    return _field(
        label=gettext_lazy("Clicks a day, at most"),
        help_text=gettext_lazy("Then the link leads to its fallback until the day ends. Empty: any number."),
    )


def clicks_in_total() -> forms.IntegerField:
    """Return the field for all clicks there may be."""
    return _field(
        label=gettext_lazy("Clicks in total, at most"),
        help_text=gettext_lazy(
            "Counted are clicks of people: no bots, tests, pages loaded unseen or second clicks within ten seconds. "
            "Counting takes seconds, so a few clicks more may lead on; they earn like others."
        ),
    )


def cap_words(cap: Cap) -> str:
    """Say what a cap allows; nothing where it allows everything."""
    words = []
    if cap.per_day is not None:
        words.append(_("%(clicks)s a day") % {"clicks": cap.per_day})
    if cap.in_total is not None:
        words.append(_("%(clicks)s in total") % {"clicks": cap.in_total})
    return ", ".join(words)
