"""Tables of programs: what each asks for before it pays, what is kept back, who agreed to be billed, who was asked."""

from fractions import Fraction

from django.db import models

from rapport.apps.partners.models import Agreement, Partner
from rapport.apps.programs.models import Program


class TaxSettings(models.Model):
    """What a program asks for before it pays, and whether it bills itself for its partners."""

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="+")
    rules = models.JSONField(default=list)
    self_billing = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Say whose they are."""
        return f"tax settings of {self.program_id}"


class TaxRate(models.Model):
    """What is kept back from a partner for a tax office, and why; a change is a new row. Percents are exact."""

    id = models.CharField(primary_key=True, max_length=32)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    percent = models.CharField(max_length=8)
    reason = models.CharField(max_length=250)
    changed_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "partner__workspace_id"

    class Meta:
        """One rate of a partner is in use."""

        constraints = (
            models.UniqueConstraint(
                fields=("partner",), condition=models.Q(replaced_at__isnull=True), name="one_tax_rate_in_use"
            ),
        )

    def __str__(self) -> str:
        """Say what is kept back."""
        return f"{self.percent} %"

    @property
    def exact(self) -> Fraction:
        """Return the rate as the rules take it."""
        return Fraction(self.percent)


class SelfBilling(models.Model):
    """A partner's agreement that the program bills in its name: the words as they were read, until it is ended."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)

    partner_path = "agreement__partner__organisation_id"

    class Meta:
        """One is in force for an agreement."""

        constraints = (
            models.UniqueConstraint(
                fields=("agreement",), condition=models.Q(ended_at__isnull=True), name="one_self_billing_in_force"
            ),
        )

    def __str__(self) -> str:
        """Say whose it is."""
        return f"self-billing of {self.agreement_id}"


class TaxRequest(models.Model):
    """A partner was asked for papers on some occasion (a payout run), once; `lacks` is what was missing then."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=32)
    lacks = models.JSONField(default=list)
    asked_at = models.DateTimeField()

    class Meta:
        """Asked once on an occasion."""

        constraints = (models.UniqueConstraint(fields=("agreement", "occasion"), name="one_tax_request"),)

    def __str__(self) -> str:
        """Say who was asked."""
        return f"{self.agreement_id} {self.occasion}"
