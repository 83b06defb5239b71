"""Forms of the import pages."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.apps.imports.models import Subject
from rapport.apps.imports.reading.columns import MEANINGS, Meaning
from rapport.apps.imports.reading.layout import (
    ADDED,
    AT_ONCE,
    BINDINGS,
    BY_ACCOUNT,
    BY_DOMAIN,
    INCLUDED,
    LATER,
    MATCHED,
    MEANINGS_OF,
    NAMED,
    ORDERS,
    PARTNERS,
    VALIDATIONS,
    Layout,
)
from rapport.apps.imports.reading.values import DateOrder, DecimalSign
from rapport.doors.console.forms import offer
from rapport.flows.importing.files import Look

_SAMPLE = 24
_NEEDED = {
    ORDERS: {Meaning.ORDER, Meaning.DATE},
    BINDINGS: {Meaning.PARTNER, Meaning.DATE},
    PARTNERS: {Meaning.PARTNER, Meaning.MAIL},
    VALIDATIONS: {Meaning.ORDER},
}
_DATED = frozenset({ORDERS, BINDINGS})
_ASK = ("", gettext_lazy("Choose"))
_DATE_ORDERS = (
    _ASK,
    (DateOrder.DAY_FIRST.value, gettext_lazy("Day first: 31/12/2026, 31.12.2026")),
    (DateOrder.MONTH_FIRST.value, gettext_lazy("Month first: 12/31/2026")),
)
_DECIMALS = (
    _ASK,
    (DecimalSign.POINT.value, gettext_lazy("Point: 1,234.50")),
    (DecimalSign.COMMA.value, gettext_lazy("Comma: 1.234,50")),
)
_PARTS = (
    (INCLUDED, gettext_lazy("inside the amounts of the lines")),
    (ADDED, gettext_lazy("on top; the discount goes off")),
)
_NEGATIVE = (
    (NAMED, gettext_lazy("takes back from the order with its number")),
    (MATCHED, gettext_lazy("is a return with a number of its own")),
)


_MERGED_BY = (
    (BY_ACCOUNT, gettext_lazy("the same account for payouts")),
    (BY_DOMAIN, gettext_lazy("the same domain of website or mail")),
)
_INVITED = (
    (AT_ONCE, gettext_lazy("with the import, by mail")),
    (LATER, gettext_lazy("later, from the page of invitations")),
)


class UploadForm(forms.Form):
    """Which file, and what it tells; `may` are the subjects that this person's role includes."""

    subject = forms.ChoiceField(label=gettext_lazy("The file tells"), choices=Subject, widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV in any form, or .xlsx."))

    field_order = ("subject", "file")

    def __init__(self, *args: Any, may: Collection[str], **kwargs: Any) -> None:  # noqa: ANN401 - what a form takes
        super().__init__(*args, **kwargs)
        offer(self.fields["subject"], [(subject.value, str(subject.label)) for subject in Subject if subject in may])


LONGEST_REASON = 250


class UndoForm(forms.Form):
    """Why an import is taken back, for the partners who accepted meanwhile."""

    reason = forms.CharField(
        label=_("Why, for who accepted already"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Their agreements end with it, and they read it by mail. Without it they stay."),
    )


class ChoicesForm(forms.Form):
    """How a file is read."""

    zone = forms.ChoiceField(label=gettext_lazy("Time zone of the dates"))
    date_order = forms.ChoiceField(label=gettext_lazy("Dates such as 3/4/2026"), choices=_DATE_ORDERS, required=False)
    profile = forms.CharField(
        label=gettext_lazy("Keep these choices as"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("A name, and the next file of this kind is read likewise."),
    )

    def __init__(self, data: QueryDict | None, *, layout: Layout, look: Look, kinds: Sequence[str]) -> None:
        super().__init__(data, initial=_initial(layout))
        self.layout = layout
        names = [("", _("none")), *((name, _with_sample(name, values)) for name, values in look.shown)]
        self.meanings = MEANINGS_OF[layout.subject]
        for meaning in self.meanings:
            self.fields[meaning.value] = forms.ChoiceField(
                label=MEANINGS[meaning], choices=names, required=meaning in _NEEDED[layout.subject]
            )
        if layout.subject in _DATED:
            self._ask_about_dates(look)
        else:
            del self.fields["zone"], self.fields["date_order"]
        if layout.subject == ORDERS:
            self._ask_about_orders(kinds)
        if layout.subject == PARTNERS:
            self._ask_about_partners()
        if layout.subject == VALIDATIONS:
            self.fields["kind"] = forms.ChoiceField(label=_("The orders are"), choices=[(kind, kind) for kind in kinds])
        if layout.subject != BINDINGS:
            self.fields["decimal"] = forms.ChoiceField(label=_("Before the cents"), choices=_DECIMALS, required=False)
            sentence = _("Say whether a point or a comma stands before the cents.")
            _ask(self.fields["decimal"], look.guess.decimal, sentence)

    def chosen(self) -> Layout:
        """Return the layout as filled in."""
        told = dict(self.cleaned_data)
        columns = {meaning: told[meaning.value] for meaning in self.meanings if told[meaning.value]}
        plain = ("zone", "kind", "parts", "negative", "cancel_prefix", "invited")
        changes: dict[str, Any] = {name: told[name] for name in plain if name in told}
        for name, kind in (("date_order", DateOrder), ("decimal", DecimalSign)):
            if name in told:
                changes[name] = kind(told[name]) if told[name] else None
        if "shipping_products" in told:
            products = (one.strip() for one in told["shipping_products"].split(","))
            changes["shipping_products"] = tuple(one for one in products if one)
        if "merged_by" in told:
            changes["merged_by"] = tuple(told["merged_by"])
        return replace(self.layout, columns=columns, **changes)

    @property
    def columns(self) -> list[forms.BoundField]:
        """Return the fields that choose columns."""
        return [self[meaning.value] for meaning in self.meanings]

    @property
    def choices(self) -> list[forms.BoundField]:
        """Return the other fields, the name of the profile last."""
        names = [name for name in self.fields if name not in {*map(str, self.meanings), "profile"}]
        return [self[name] for name in (*names, "profile")]

    def _ask_about_dates(self, look: Look) -> None:
        zones = sorted(available_timezones() | {self.layout.zone})
        self.fields["zone"] = forms.ChoiceField(
            label=gettext_lazy("Time zone of the dates"), choices=[(zone, zone) for zone in zones]
        )
        _ask(self.fields["date_order"], look.guess.date_order, _("Say whether the day or the month stands first."))

    def _ask_about_partners(self) -> None:
        self.fields["merged_by"] = forms.MultipleChoiceField(
            label=_("One partner are lines with the same mail address, and with"),
            choices=_MERGED_BY,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["invited"] = forms.ChoiceField(label=_("They are invited"), choices=_INVITED)

    def _ask_about_orders(self, kinds: Sequence[str]) -> None:
        self.fields["kind"] = forms.ChoiceField(label=_("The orders are"), choices=[(kind, kind) for kind in kinds])
        self.fields["parts"] = forms.ChoiceField(label=_("Tax and shipping are"), choices=_PARTS)
        self.fields["cancel_prefix"] = forms.CharField(
            label=_("Numbers of cancellations begin with"), max_length=8, required=False
        )
        self.fields["negative"] = forms.ChoiceField(label=_("An order below zero"), choices=_NEGATIVE)
        self.fields["shipping_products"] = forms.CharField(
            label=_("Products that are postage"), max_length=500, required=False, help_text=_("Separated by commas.")
        )


def _ask(field: forms.Field, guess: object, sentence: str) -> None:
    """Ask for what the file does not say."""
    field.required = guess is None
    field.error_messages["required"] = sentence


def _with_sample(name: str, values: Sequence[str]) -> str:
    """Return a column with its first value, so that nobody needs to scroll to know it."""
    first = next((value for value in values if value), "")[:_SAMPLE]
    return _("%(column)s (%(value)s)") % {"column": name, "value": first} if first and first != name else name


def _initial(layout: Layout) -> dict[str, Any]:
    told = layout.document()
    columns = {Meaning(meaning).value: name for meaning, name in told["columns"].items()}
    return {**told, **columns, "shipping_products": ", ".join(layout.shipping_products)}
