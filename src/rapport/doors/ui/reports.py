"""Words for spans of time in reports."""

from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rapport.kit.clock import from_ms
from rapport.lake.days import Step
from rapport.lake.questions import SpanRow

_FORMATS = {"day": "j M", "month": "M Y"}


def span_words(row: SpanRow, step: Step, zone: str) -> str:
    """Return a span's name, as short as a picture needs it: 5 Nov, 5 Nov 14:00, from 2 Nov, Nov 2026."""
    if step == "hour":
        return date_format(from_ms(row.starts_ms).astimezone(ZoneInfo(zone)), "j M H:i")
    if step == "week":
        return _("from %(day)s") % {"day": date_format(row.on, "j M")}
    return date_format(row.on, _FORMATS[step])
