"""What can be chosen in the form of terms, in the words of the form."""

from django.utils.translation import gettext_lazy as _

from rapport.apps.partners.models import Segment
from rapport.domain.terms import Calendar, Choice, CouponPriority, DiscountTreatment, TouchPriority, Treatment

CHOICES: dict[str, object] = {
    "segments": ", ".join(Segment.values),
    "ways": [
        ("percent", _("percent")),
        ("flat", _("a fixed amount")),
        ("per_unit", _("an amount a piece")),
        ("margin_percent", _("percent of the margin")),
    ],
    "choices": [
        (Choice.FIRST.value, _("the first that fits, line by line")),
        (Choice.BEST.value, _("the one that pays the partner most")),
        (Choice.ALL.value, _("all that fit, added up")),
    ],
    "touches": [
        (TouchPriority.LAST.value, _("the last click earns")),
        (TouchPriority.FIRST.value, _("the first click earns")),
    ],
    "treatments": [(Treatment.EXCLUDED.value, _("does not count")), (Treatment.INCLUDED.value, _("counts"))],
    "discounts": [
        (DiscountTreatment.DEDUCTED.value, _("lowers it")),
        (DiscountTreatment.IGNORED.value, _("does not lower it")),
    ],
    "coupons": [
        (CouponPriority.BEFORE_CLICK.value, _("the code earns")),
        (CouponPriority.AFTER_CLICK.value, _("the click earns")),
    ],
    "calendars": [
        (Calendar.MONTHLY.value, _("monthly")),
        (Calendar.TWICE_MONTHLY.value, _("twice a month")),
        (Calendar.WEEKLY.value, _("weekly")),
    ],
}
