"""A Django form field as the page draws it: its control with our class, its help and errors tied to it by id."""

from dataclasses import dataclass
from typing import Literal

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.safestring import SafeString

Kind = Literal["line", "check", "choices"]


@dataclass(frozen=True, slots=True)
class DrawnField:
    """What a template needs to draw one field, and nothing that it must work out."""

    kind: Kind
    id: str
    label: str
    control: SafeString
    options: tuple[BoundWidget, ...]
    help: str
    help_id: str
    errors: tuple[str, ...]
    error_id: str
    optional: bool


def drawn(field: BoundField, *, label: str = "", help_text: str = "") -> DrawnField:
    """Make a field ready for drawing; given words win over those of the form."""
    if help_text:
        field.help_text = help_text
    kind = _kind(field.field.widget)
    return DrawnField(
        kind=kind,
        id=field.id_for_label,
        label=label or str(field.label),
        control=_control(field, kind),
        options=tuple(field.subwidgets) if kind == "choices" else (),
        help=str(field.help_text),
        help_id=f"{field.auto_id}_helptext",
        errors=tuple(str(error) for error in field.errors),
        error_id=f"{field.auto_id}_error",
        optional=not field.field.required,
    )


def _kind(widget: forms.Widget) -> Kind:
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "line"


def _control(field: BoundField, kind: Kind) -> SafeString:
    if kind == "check":
        return field.as_widget()
    classes = " ".join(filter(None, ("input", field.field.widget.attrs.get("class", ""))))
    return field.as_widget(attrs={"class": classes})


@dataclass(frozen=True, slots=True)
class Summary:
    """What is wrong with a form, for the summary on top: words about all of it, and a link to each wrong field."""

    general: tuple[str, ...]
    fields: tuple[tuple[str, str, str], ...]
    """(id of the control, label, first error)"""


def summary(form: forms.BaseForm) -> Summary:
    """Collect the errors of a bound form; hidden fields cannot be reached, so theirs count as general."""
    general = [str(error) for error in form.non_field_errors()]
    general += [f"{field.label}: {error}" for field in form.hidden_fields() for error in field.errors]
    wrong = [
        (_first_control(field), str(field.label), str(field.errors[0]))
        for field in form.visible_fields()
        if field.errors
    ]
    return Summary(tuple(general), tuple(wrong))


def _first_control(field: BoundField) -> str:
    # A group of radios has no control of its own name: the link leads to the first of them.
    return field.id_for_label or f"{field.auto_id}_0"
