"""Tables of VAT: rates that finance entered over those that came with the program, and what it says of one partner."""

from django.db import models

from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Partner


class VatRateRow(models.Model):
    """What finance says the standard rate of a country is from a day on, by which source, and when it looked.

    Never changed: of the rows of one country and day the newest counts, and one without a percentage takes back
    what was entered before. Percentages are exact decimals.
    """

    id = models.CharField(primary_key=True, max_length=32)
    workspace = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    percent = models.CharField(max_length=8, blank=True)
    from_on = models.DateField()
    source = models.CharField(max_length=250, blank=True)
    checked_on = models.DateField()
    entered_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    class Meta:
        """Read by workspace in the order in which they were entered."""

        indexes = (models.Index(fields=("workspace", "id"), name="vat_rate_row_workspace"),)

    def __str__(self) -> str:
        """Say what it says."""
        return f"{self.country} {self.percent or '-'} {self.from_on:%Y-%m-%d}"


class VatOverride(models.Model):
    """How finance says that a partner's supplies are treated from a day on, whatever the profiles say, and why.

    Never changed: of those that began the one with the latest day counts, of one day the newest; one without a
    treatment goes back to what follows from the profiles.
    """

    id = models.CharField(primary_key=True, max_length=32)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    treatment = models.CharField(max_length=16, blank=True)
    from_on = models.DateField()
    reason = models.CharField(max_length=250)
    entered_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "partner__workspace_id"

    class Meta:
        """Read by partner."""

        indexes = (models.Index(fields=("partner", "from_on"), name="vat_override_partner"),)

    def __str__(self) -> str:
        """Say how they are treated."""
        return f"{self.treatment or '-'} {self.from_on:%Y-%m-%d}"
