"""Tables of how money travels to organisations, and how programs pay."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.models import Organisation
from rapport.apps.programs.models import Program
from rapport.apps.record.vault import SealedField


class MethodKind(models.TextChoices):
    """How money travels to an organisation: the rail."""

    IBAN = "iban", _("Bank account with an IBAN (SEPA)")
    ACH = "ach", _("Bank account in the USA (ACH)")
    PAYPAL = "paypal", _("PayPal")
    WISE = "wise", _("Wise")
    BANK = "bank", _("Bank account elsewhere")
    MANUAL = "manual", _("By hand, as agreed")


class PayoutMethod(models.Model):
    """How an organisation is paid. A change is a new row; the one that nothing replaced is in use.

    `details` hold, sealed, the name and where the money goes; `masked` is what everybody may see of that.
    """

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=MethodKind)
    details = SealedField()
    country = models.CharField(max_length=2, blank=True)
    masked = models.CharField(max_length=264, blank=True)
    changed_at = models.DateTimeField()
    usable_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(null=True, blank=True)

    partner_path = "organisation_id"

    class Meta:
        """One method of an organisation is in use."""

        constraints = (
            models.UniqueConstraint(
                fields=("organisation",), condition=models.Q(replaced_at__isnull=True), name="one_method_in_use"
            ),
        )

    def __str__(self) -> str:
        """Show what may be shown of it: the last four characters."""
        return f"{self.get_kind_display()} {self.masked}".strip()

    @property
    def paid_in(self) -> str:
        """Return the currency that its owner wants; empty for whichever the program has."""
        wish: PayoutMethodCurrency | None = getattr(self, "wish", None)
        return wish.currency if wish else ""


class PayoutMethodCurrency(models.Model):
    """In which currency whoever is paid by a method wants the money; without it, in that of the program."""

    method = models.OneToOneField(PayoutMethod, primary_key=True, on_delete=models.PROTECT, related_name="wish")
    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        """Say what is wished for."""
        return f"{self.method_id} in {self.currency}"


class PayoutSettings(models.Model):
    """How a program pays: whose bank holidays move a payday, and how long a changed method waits."""

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2, blank=True)
    cooling_hours = models.PositiveSmallIntegerField(default=72)
    changed_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Say whose they are."""
        return f"payout settings of {self.program_id}"
