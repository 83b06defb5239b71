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
    NEW_INVOICE = "new_invoice", _("Invoice, written anew")
    NEW_CREDIT = "new_credit", _("Credit note, written anew")
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
        """Numbers count up in a series; a payout is billed and credited once, whatever is put right afterwards."""

        constraints = (
            models.UniqueConstraint(fields=("series", "number"), name="invoice_number"),
            models.UniqueConstraint(
                fields=("payout", "role"), condition=models.Q(role__in=("invoice", "credit")), name="one_first_invoice"
            ),
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


class ObjectionState(models.TextChoices):
    """What became of an objection."""

    OPEN = "open", _("Disputed")
    CORRECTED = "corrected", _("Put right")
    UPHELD = "upheld", _("Stands as it is")


class InvoiceObjection(models.Model):
    """A partner's objection to a paper that was written in its name, in time; what is said about it is its thread."""

    invoice = models.OneToOneField(Invoice, primary_key=True, on_delete=models.PROTECT, related_name="objection")
    state = models.CharField(max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    raised_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_kind = models.CharField(max_length=8, blank=True)
    decided_by_id = models.CharField(max_length=64, blank=True)

    workspace_path = "invoice__payout__run__program__workspace_id"

    class Meta:
        """Those that are open are read often."""

        indexes = (models.Index(fields=("state", "raised_at"), name="invoice_objection_state"),)

    def __str__(self) -> str:
        """Say to what."""
        return f"objection to {self.invoice_id}"


class InvoiceCorrection(models.Model):
    """A paper that was wrong, what takes it back, and what was written anew, all three in one range of numbers."""

    original = models.OneToOneField(Invoice, primary_key=True, on_delete=models.PROTECT, related_name="correction")
    takes_back = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="+")
    anew = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=250)
    corrected_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "original__payout__run__program__workspace_id"

    def __str__(self) -> str:
        """Say of which."""
        return f"correction of {self.original_id}"
