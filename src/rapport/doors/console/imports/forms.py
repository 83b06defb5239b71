"""Forms of the import pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.apps.imports.models import Subject
from rapport.apps.imports.reading.columns import MEANINGS, OF_BINDINGS, OF_ORDERS, Meaning
from rapport.apps.imports.reading.layout import ADDED, BINDINGS, INCLUDED, MATCHED, NAMED, ORDERS, Layout
from rapport.apps.imports.reading.values import DateOrder, DecimalSign
from rapport.flows.importing.files import Look

_SAMPLE = 24
_NEEDED = {ORDERS: {Meaning.ORDER, Meaning.DATE}, BINDINGS: {Meaning.PARTNER, Meaning.DATE}}
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


class UploadForm(forms.Form):
    """Which file, and what it tells."""

    subject = forms.ChoiceField(label=gettext_lazy("The file tells"), choices=Subject, widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV in any form, or .xlsx."))

    field_order = ("subject", "file")


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
        self.meanings = OF_ORDERS if layout.subject == ORDERS else OF_BINDINGS
        for meaning in self.meanings:
            self.fields[meaning.value] = forms.ChoiceField(
                label=MEANINGS[meaning], choices=names, required=meaning in _NEEDED[layout.subject]
            )
        zones = sorted(available_timezones() | {layout.zone})
        self.fields["zone"] = forms.ChoiceField(
            label=gettext_lazy("Time zone of the dates"), choices=[(zone, zone) for zone in zones]
        )
        _ask(self.fields["date_order"], look.guess.date_order, _("Say whether the day or the month stands first."))
        if layout.subject == ORDERS:
            self._ask_about_orders(kinds)
            _ask(
                self.fields["decimal"], look.guess.decimal, _("Say whether a point or a comma stands before the cents.")
            )

    def chosen(self) -> Layout:
        """Return the layout as filled in."""
        told = self.cleaned_data
        columns = {meaning: told[meaning.value] for meaning in self.meanings if told[meaning.value]}
        date_order = DateOrder(told["date_order"]) if told["date_order"] else None
        layout = replace(self.layout, columns=columns, zone=told["zone"], date_order=date_order)
        if layout.subject != ORDERS:
            return layout
        products = tuple(one.strip() for one in told["shipping_products"].split(",") if one.strip())
        return replace(
            layout,
            kind=told["kind"],
            decimal=DecimalSign(told["decimal"]) if told["decimal"] else None,
            parts=told["parts"],
            negative=told["negative"],
            cancel_prefix=told["cancel_prefix"],
            shipping_products=products,
        )

    @property
    def columns(self) -> list[forms.BoundField]:
        """Return the fields that choose columns."""
        return [self[meaning.value] for meaning in self.meanings]

    @property
    def choices(self) -> list[forms.BoundField]:
        """Return the other fields, the name of the profile last."""
        names = [name for name in self.fields if name not in {*map(str, self.meanings), "profile"}]
        return [self[name] for name in (*names, "profile")]

    def _ask_about_orders(self, kinds: Sequence[str]) -> None:
        self.fields["decimal"] = forms.ChoiceField(label=_("Before the cents"), choices=_DECIMALS, required=False)
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
