"""Tables of rates: what was quoted, for ever, and what waits for a person because it jumps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.models import Organisation


class RateSource(models.TextChoices):
    """Who says what a currency was worth."""

    ECB = "ecb", _("European Central Bank")
    MANUAL = "manual", _("Entered by hand")


class ExchangeRate(models.Model):
    """On a day one of `base` was worth `rate` of `quote`; never changed: a correction is a newer row.

    The rate is kept as text, because a column of numbers would round it on one of the two databases.
    """

    id = models.CharField(primary_key=True, max_length=32)
    workspace = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.CharField(max_length=32)
    source = models.CharField(max_length=8, choices=RateSource)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "workspace_id"

    class Meta:
        """Read by workspace, currency and day."""

        indexes = (models.Index(fields=("workspace", "quote", "day"), name="rate_of_day"),)

    def __str__(self) -> str:
        """Say what it says."""
        return f"1 {self.base} = {self.rate} {self.quote}, {self.day}"


class DoubtState(models.TextChoices):
    """What became of a rate that jumped."""

    OPEN = "open", _("Waits for a person")
    TAKEN = "taken", _("Taken")
    REFUSED = "refused", _("Refused")


class DoubtfulRate(models.Model):
    """A rate that lies far from the last good one: it counts once a person has taken it."""

    id = models.CharField(primary_key=True, max_length=32)
    workspace = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.CharField(max_length=32)
    last_good = models.CharField(max_length=80)
    source = models.CharField(max_length=8, choices=RateSource)
    state = models.CharField(max_length=8, choices=DoubtState, default=DoubtState.OPEN)
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "workspace_id"

    class Meta:
        """The same rate waits once."""

        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "base", "quote", "day", "rate", "source"), name="one_doubt_of_a_rate"
            ),
        )

    def __str__(self) -> str:
        """Say what waits."""
        return f"1 {self.base} = {self.rate} {self.quote}, {self.day}?"
