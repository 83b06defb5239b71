"""What can be chosen in the form of terms, in the words of the form."""

from django.utils.translation import gettext_lazy as _

from rapport.domain.terms import Calendar, CouponPriority, DiscountTreatment, Treatment

CHOICES = {
    "ways": [("percent", _("percent")), ("flat", _("a fixed amount"))],
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
