"""Days that people choose, as moments in the zone that they mean."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
