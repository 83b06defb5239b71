"""Tables of papers: who an organisation is to tax offices, its numbers with their checks, its forms."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.models import Organisation
from rapport.apps.record.vault import SealedField
from rapport.apps.taxes.numbers import kind_named


class TaxKind(models.TextChoices):
    """What an organisation is to a tax office."""

    PERSON = "person", _("A person, also with a trade of one's own")
    COMPANY = "company", _("A company or another legal person")


class TaxFormKind(models.TextChoices):
    """American forms by which a payee tells who it is."""

    W9 = "w9", _("W-9")
    W8BEN = "w8ben", _("W-8BEN")
    W8BENE = "w8bene", _("W-8BEN-E")


class TaxProfile(models.Model):
    """Who an organisation is to tax offices. A change is a new row; the one that nothing replaced is in use."""

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=8, choices=TaxKind)
    legal_name = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=80, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    small_business = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(null=True, blank=True)

    partner_path = "organisation_id"

    class Meta:
        """One profile of an organisation is in use."""

        constraints = (
            models.UniqueConstraint(
                fields=("organisation",), condition=models.Q(replaced_at__isnull=True), name="one_tax_profile_in_use"
            ),
        )

    def __str__(self) -> str:
        """Return the legal name."""
        return self.legal_name

    @property
    def address_lines(self) -> list[str]:
        """Return the address as it stands on a letter."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return [line for line in (self.street, town, self.region, self.country) if line]


class CheckSource(models.TextChoices):
    """By what a VAT id was checked."""

    FORM = "form", _("Form and check digits")
    VIES = "vies", _("VIES, the register of the European Union")


class VatCheck(models.Model):
    """One check of the VAT id of a profile: when, by what, and what came of it; `name` is what a register answered."""

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey(TaxProfile, on_delete=models.PROTECT, related_name="checks")
    vat_id = models.CharField(max_length=20)
    source = models.CharField(max_length=4, choices=CheckSource)
    is_valid = models.BooleanField()
    name = models.CharField(max_length=250, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    sealed_as = ("profile_id", "source", "checked_at")

    class Meta:
        """One check of a kind at a moment."""

        constraints = (
            models.UniqueConstraint(fields=("profile", "source", "checked_at"), name="one_vat_check_at_a_moment"),
        )

    def __str__(self) -> str:
        """Say what was checked."""
        return f"{self.vat_id} {self.source} {self.is_valid}"


class TaxFormState(models.TextChoices):
    """What finance thinks of a form that is on file."""

    RECEIVED = "received", _("Received")
    ACCEPTED = "accepted", _("Looked at")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced")


class TaxForm(models.Model):
    """One form on file. `content` is sealed by the vault; `digest` is that of the file as it was given."""

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=TaxFormKind)
    signed_on = models.DateField()
    runs_out_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=TaxFormState, default=TaxFormState.RECEIVED)
    media_type = models.CharField(max_length=32)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = SealedField()
    received_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_kind = models.CharField(max_length=8, blank=True)
    decided_by_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=250, blank=True)

    partner_path = "organisation_id"
    # Sealed anew when the vault gets another key; what it holds, the digest says.
    sealed_but = ("content",)

    class Meta:
        """One form of a kind counts for an organisation; read by organisation."""

        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "kind"),
                condition=models.Q(state__in=("received", "accepted")),
                name="one_tax_form_of_a_kind",
            ),
        )
        indexes = (models.Index(fields=("organisation", "id"), name="tax_form_organisation"),)

    def __str__(self) -> str:
        """Say which form it is."""
        return f"{self.get_kind_display()} {self.signed_on:%Y-%m-%d}"

    def has_run_out(self, on: date) -> bool:
        """Say whether it counts no more on a day."""
        return self.runs_out_on is not None and self.runs_out_on < on


class TaxNumber(models.Model):
    """By which number a tax office knows an organisation. `number` is sealed; `shown` is what finance sees of it.

    A change is a new row; the one that nothing replaced is in use.
    """

    id = models.CharField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=24)
    number = SealedField()
    shown = models.CharField(max_length=16)
    changed_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(null=True, blank=True)

    partner_path = "organisation_id"
    # Sealed anew when the vault gets another key.
    sealed_but = ("number",)

    class Meta:
        """One number of an organisation is in use."""

        constraints = (
            models.UniqueConstraint(
                fields=("organisation",), condition=models.Q(replaced_at__isnull=True), name="one_tax_number_in_use"
            ),
        )

    def __str__(self) -> str:
        """Return what may be seen of it."""
        return f"{self.kind} {self.shown}"

    @property
    def label(self) -> str:
        """Return how its kind is called where it is given out."""
        return kind_named(self.kind).label
