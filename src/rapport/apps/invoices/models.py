"""Tables of invoices: one range of numbers for each agreement, and the papers with everything that stands on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout
from rapport.domain.money import Money


class InvoiceSeries(models.Model):
    """The numbers of one agreement. Its row is the lock that keeps them without gaps."""

    agreement = models.OneToOneField(Agreement, primary_key=True, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=26, unique=True)
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """Return how its numbers begin."""
        return self.prefix


class InvoiceRole(models.TextChoices):
    """What a paper is to its payout."""

    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")
    CANCELS_INVOICE = "cancels_invoice", _("Credit note that takes back an invoice")
    CANCELS_CREDIT = "cancels_credit", _("Invoice that takes back a credit note")


class Invoice(models.Model):
    """One invoice or credit note. `document` is everything that stands on it; amounts of a credit are below zero."""

    id = models.CharField(primary_key=True, max_length=32)
    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=40, unique=True)
    role = models.CharField(max_length=16, choices=InvoiceRole)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, related_name="corrected_by", null=True)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    document = models.JSONField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()

    workspace_path = "payout__run__program__workspace_id"
    partner_path = "payout__agreement__partner__organisation_id"

    class Meta:
        """Numbers count up in a series; a payout has one paper of a role."""

        constraints = (
            models.UniqueConstraint(fields=("series", "number"), name="invoice_number"),
            models.UniqueConstraint(fields=("payout", "role"), name="one_invoice_of_a_role"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return self.name

    @property
    def net(self) -> Money:
        """Return the sum without VAT."""
        return Money(self.net_minor, self.currency)

    @property
    def vat(self) -> Money:
        """Return the VAT."""
        return Money(self.vat_minor, self.currency)

    @property
    def total(self) -> Money:
        """Return the sum with VAT."""
        return Money(self.net_minor + self.vat_minor, self.currency)
