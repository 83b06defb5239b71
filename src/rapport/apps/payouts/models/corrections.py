"""Table of VAT that was put right after a payout had arrived."""

from django.db import models

from rapport.apps.payouts.models.runs import Payout

CORRECTED = "vco_"
"""How the ids of VAT corrections begin: what they move is money of its own, and nothing that a partner earned."""


class VatCorrection(models.Model):
    """The VAT of a payout that arrived was another one: by how much the partner gets more, or below zero less.

    `treatment` and `percent` are how the payout counts as billed from then on; empty where only a credit was put right.
    """

    id = models.CharField(primary_key=True, max_length=32)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="+")
    treatment = models.CharField(max_length=16, blank=True)
    percent = models.CharField(max_length=8, blank=True)
    vat_minor = models.BigIntegerField()
    corrected_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    class Meta:
        """Read by payout in order."""

        indexes = (models.Index(fields=("payout", "id"), name="vat_correction_payout"),)

    def __str__(self) -> str:
        """Return its public id."""
        return self.id
