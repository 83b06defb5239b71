"""Tables of commissions: judgements, commissions with their lines, proposals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.conversions.models import Conversion
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import TermsVersion
from rapport.domain.money import Money


class Attribution(models.Model):
    """One decision with all its reasons, also when nobody earns; never changed, only followed.

    It is about a conversion, or (without one) about a tier or bonus over a period.
    """

    id = models.CharField(primary_key=True, max_length=32)
    conversion = models.ForeignKey(
        Conversion, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=24)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    version = models.ForeignKey(
        TermsVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    rule = models.CharField(max_length=64, blank=True)
    target_minor = models.BigIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    judged_at = models.DateTimeField()
    cause = models.CharField(max_length=64)

    workspace_path = "conversion__program__workspace_id"
    sealed_but = ("document",)

    class Meta:
        """Numbers count up for a conversion; the highest is the one that holds."""

        constraints = (models.UniqueConstraint(fields=("conversion", "number"), name="attribution_number"),)

    def __str__(self) -> str:
        """Say what was decided."""
        return f"{self.conversion_id} #{self.number} {self.outcome}"


class PeriodStanding(models.Model):
    """A tier or bonus over one period of one agreement: the row that is locked to judge it, and how it was judged last.

    `kept_minor` is what people let stand beside what is judged, by refusing that it falls.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=64)
    latest = models.ForeignKey(
        Attribution, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    kept_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    workspace_path = "agreement__program__workspace_id"
    partner_path = "agreement__partner__organisation_id"

    class Meta:
        """A promise stands once for an agreement and period."""

        constraints = (models.UniqueConstraint(fields=("agreement", "source"), name="one_standing_a_period"),)

    def __str__(self) -> str:
        """Say what it is about."""
        return f"{self.agreement_id} {self.source}"


class CountedConversion(models.Model):
    """One conversion as it counts for a tier or bonus over a period; follows from its judgement, and with it."""

    id = models.BigAutoField(primary_key=True)
    standing = models.ForeignKey(PeriodStanding, on_delete=models.PROTECT, related_name="+", db_index=False)
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    at_ms = models.BigIntegerField()
    basis = models.TextField()
    share_left = models.TextField()
    paid_minor = models.BigIntegerField()
    hold_until_ms = models.BigIntegerField()
    facts_joined = models.BooleanField()

    workspace_path = "standing__agreement__program__workspace_id"

    class Meta:
        """A conversion counts once for a promise and period."""

        constraints = (models.UniqueConstraint(fields=("standing", "conversion"), name="counted_once_a_period"),)

    def __str__(self) -> str:
        """Say what counts where."""
        return f"{self.conversion_id} in {self.standing_id}"


class CommissionState(models.TextChoices):
    """Where a commission stands."""

    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    PAID = "paid", _("Paid")
    HELD = "held", _("Held")
    DISPUTED = "disputed", _("Disputed")
    DECLINED = "declined", _("Declined")
    REVERSED = "reversed", _("Reversed")


class Commission(models.Model):
    """What an agreement earns for one source. The amounts are a cache of its postings; doctor recounts them."""

    id = models.CharField(primary_key=True, max_length=32)
    source = models.CharField(max_length=64)
    conversion = models.ForeignKey(
        Conversion, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", db_index=False)
    share = models.CharField(max_length=32, default="whole")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=CommissionState)
    currency = models.CharField(max_length=3)
    accrued_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField(default=0)
    reserved_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    holds = models.JSONField(default=list)
    hold_until = models.DateTimeField()
    facts_joined = models.BooleanField(default=False)
    earned_at = models.DateTimeField()
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "agreement__program__workspace_id"
    partner_path = "agreement__partner__organisation_id"

    class Meta:
        """A source earns once for an agreement and share; read by agreement and by what is due."""

        constraints = (
            models.UniqueConstraint(fields=("source", "agreement", "share"), name="one_commission_per_source"),
        )
        indexes = (
            models.Index(fields=("agreement", "earned_at"), name="commission_agreement"),
            models.Index(fields=("state", "hold_until"), name="commission_due"),
            models.Index(fields=("conversion",), name="commission_conversion"),
        )

    def __str__(self) -> str:
        """Return its public id."""
        return self.id

    @property
    def worth(self) -> Money:
        """Return what it is worth: what waits, what is owed, what is on its way and what is paid together."""
        minor = self.accrued_minor + self.payable_minor + self.reserved_minor + self.paid_minor
        return Money(minor, self.currency)


class CommissionLine(models.Model):
    """One booked step of a commission: which rule of which judgement moved how much, by which entry."""

    id = models.BigAutoField(primary_key=True)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="lines")
    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    entry = models.CharField(max_length=32)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Say what it moved."""
        return f"{self.commission_id} {self.rule} {self.amount_minor}"


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced by a newer one")


class Proposal(models.Model):
    """A fall of an approved commission that no report of the merchant caused: a person decides.

    Before it may be booked the partner is told, and has until `reply_until` to agree or to object.
    """

    id = models.CharField(primary_key=True, max_length=32)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="proposals")
    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT, related_name="+")
    target_minor = models.BigIntegerField()
    cause = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=ProposalState, default=ProposalState.OPEN)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    reply_until = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=8, blank=True)
    actor_id = models.CharField(max_length=64, blank=True)

    workspace_path = "commission__agreement__program__workspace_id"

    class Meta:
        """One open proposal for a commission."""

        constraints = (
            models.UniqueConstraint(fields=("commission",), condition=models.Q(state="open"), name="one_open_proposal"),
        )

    def __str__(self) -> str:
        """Say what it proposes."""
        return f"{self.commission_id} → {self.target_minor}"
