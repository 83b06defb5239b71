"""Days that people choose, as moments in the zone that they mean."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

# Days next to the ends of the calendar have no moment in every zone.
BOUNDS = (
    MinValueValidator(date(2000, 1, 1), _("Choose a day from 2000 on.")),
    MaxValueValidator(date(2999, 12, 31), _("Choose a day before the year 3000, or leave it empty.")),
)


def moments(zone: str, *, starts_on: date | None, ends_on: date | None) -> dict[str, datetime]:
    """Turn days of a zone into `starts_at` and `ends_at`; the last day counts whole, a day not given is left out."""
    place, found = ZoneInfo(zone), {}
    if starts_on:
        found["starts_at"] = datetime.combine(starts_on, time.min, tzinfo=place)
    if ends_on:
        found["ends_at"] = datetime.combine(ends_on + timedelta(days=1), time.min, tzinfo=place)
    return found


def days(zone: str, *, starts_at: datetime | None, ends_at: datetime | None) -> dict[str, date | None]:
    """Turn moments into `starts_on` and `ends_on`, days of a zone, the last one included."""
    place, last = ZoneInfo(zone), ends_at and ends_at - timedelta(microseconds=1)
    return {
        "starts_on": starts_at and starts_at.astimezone(place).date(),
        "ends_on": last and last.astimezone(place).date(),
    }


def first_day() -> forms.DateField:
    """Return the field for the first day on which something holds."""
    return forms.DateField(
        label=_("From"), required=False, validators=BOUNDS, widget=_picker(), help_text=_("Empty: from now.")
    )


def last_day() -> forms.DateField:
    """Return the field for the last day on which something holds."""
    words = _("Until, that day included")
    return forms.DateField(
        label=words, required=False, validators=BOUNDS, widget=_picker(), help_text=_("Empty: for good.")
    )


def _picker() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})
