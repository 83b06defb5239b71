"""Tables of payouts: runs with what was found for every agreement, payouts with their lines."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.apps.ledger.models import Posting
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models.methods import MethodKind, PayoutMethod
from rapport.apps.programs.models import Program
from rapport.apps.record.vault import SealedField
from rapport.apps.taxes.models import TaxProfile, TaxRate
from rapport.domain.exchange import Rate
from rapport.domain.money import Money


class PayoutRunState(models.TextChoices):
    """Where a payout run stands."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")


class PayoutRun(models.Model):
    """One closing of one program and currency.

    A draft takes agreement after agreement in the order of their ids; `filled_upto` is how far it came and `filled_at`
    when it had them all. The sums are those of its payouts at that moment.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=PayoutRunState, default=PayoutRunState.DRAFT)
    pay_on = models.DateField()
    wish = models.CharField(max_length=64, unique=True)
    prepared_at = models.DateTimeField()
    prepared_by_kind = models.CharField(max_length=8)
    prepared_by_id = models.CharField(max_length=64)
    filled_upto = models.CharField(max_length=32, blank=True)
    filled_at = models.DateTimeField(null=True, blank=True)
    payouts_count = models.PositiveIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_kind = models.CharField(max_length=8, blank=True)
    approved_by_id = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=250, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """Read by program, newest first."""

        indexes = (models.Index(fields=("program", "id"), name="payout_run_program"),)

    def __str__(self) -> str:
        """Return its public id."""
        return self.id

    @property
    def total(self) -> Money:
        """Return what it pays together."""
        return Money(self.total_minor, self.currency)


class PayoutVerdict(models.Model):
    """What a run found for one agreement when it came to it: who is paid, who is not, and why."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="verdicts")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16)
    reasons = models.JSONField(default=list)
    payable_minor = models.BigIntegerField()
    threshold_minor = models.BigIntegerField()

    sealed_as = ("run_id", "agreement_id")

    class Meta:
        """A run looks at an agreement once."""

        constraints = (models.UniqueConstraint(fields=("run", "agreement"), name="one_verdict_in_a_run"),)

    def __str__(self) -> str:
        """Say what was found."""
        return f"{self.run_id} {self.agreement_id} {self.verdict}"


class PayoutState(models.TextChoices):
    """Where a payout stands."""

    RESERVED = "reserved", _("Reserved")
    SENT = "sent", _("Sent")
    SETTLED = "settled", _("Settled")
    FAILED = "failed", _("Failed")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class Payout(models.Model):
    """Money to one partner, with a copy of how it is sent, sealed.

    `unclaimed` is true while it lies with a provider until the partner takes it. `known` is false once somebody said
    that nobody knows what became of it. Either way it stays sent until somebody knows.
    `reference` is what the bank or provider calls it.
    """

    id = models.CharField(primary_key=True, max_length=32)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=PayoutState, default=PayoutState.RESERVED)
    known = models.BooleanField(default=True)
    unclaimed = models.BooleanField(default=False)
    method = models.ForeignKey(PayoutMethod, on_delete=models.PROTECT, related_name="+")
    method_kind = models.CharField(max_length=8, choices=MethodKind)
    method_copy = SealedField()
    commissions_count = models.PositiveIntegerField(default=0)
    reserved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=250, blank=True)

    workspace_path = "run__program__workspace_id"
    partner_path = "agreement__partner__organisation_id"

    class Meta:
        """One payout for an agreement in a run, always of an amount above zero; read by agreement and by state."""

        constraints = (
            models.UniqueConstraint(fields=("run", "agreement"), name="one_payout_in_a_run"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payout_is_positive"),
        )
        indexes = (
            models.Index(fields=("agreement", "id"), name="payout_agreement"),
            models.Index(fields=("run", "state"), name="payout_run_state"),
        )

    def __str__(self) -> str:
        """Return its public id."""
        return self.id

    @property
    def amount(self) -> Money:
        """Return what it pays."""
        return Money(self.amount_minor, self.currency)

    @property
    def sent(self) -> Money:
        """Return what goes out: the amount, or what it is in the partner's currency."""
        exchange = self.exchanged
        return Money(exchange.amount_minor, exchange.currency) if exchange else self.amount

    @property
    def exchanged(self) -> "PayoutExchange | None":
        """Return how it is exchanged, where the partner is paid in another currency."""
        found: PayoutExchange | None = getattr(self, "exchange", None)
        return found

    @property
    def way(self) -> str:
        """Say for the partner how the money comes: "by bank transfer to DE… 1234"."""
        words = {
            MethodKind.PAYPAL: gettext("by PayPal to %(to)s"),
            MethodKind.WISE: gettext("by Wise to %(to)s"),
            MethodKind.MANUAL: gettext("another way, as agreed"),
        }
        to_a_bank = gettext("by bank transfer to %(to)s")
        return words.get(MethodKind(self.method_kind), to_a_bank) % {"to": self.method.masked}


class PayoutRunRate(models.Model):
    """What the program's currency is worth in another one throughout a run: the first payout that needs it takes it."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="rates")
    currency = models.CharField(max_length=3)
    rate = models.CharField(max_length=64)
    rate_day = models.DateField()
    rate_source = models.CharField(max_length=20)

    sealed_as = ("run_id", "currency")

    class Meta:
        """One rate of a currency in a run."""

        constraints = (models.UniqueConstraint(fields=("run", "currency"), name="one_rate_in_a_run"),)

    def __str__(self) -> str:
        """Say what it is."""
        return f"{self.run_id} {self.currency} {self.rate}"


class PayoutExchange(models.Model):
    """What a payout sends where the partner is paid in another currency: its amount, converted once by the run's rate.

    `rate` is what one of the program's currency was worth in the partner's.
    """

    payout = models.OneToOneField(Payout, primary_key=True, on_delete=models.PROTECT, related_name="exchange")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rate = models.CharField(max_length=64)
    rate_day = models.DateField()
    rate_source = models.CharField(max_length=20)

    class Meta:
        """Always of an amount above zero."""

        constraints = (models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="exchange_is_positive"),)

    def __str__(self) -> str:
        """Say what is sent."""
        return f"{self.payout_id} {self.amount_minor} {self.currency}"

    @property
    def known_rate(self) -> Rate:
        """Return the rate that stands on it."""
        return Rate(self.rate, self.rate_day, self.rate_source)


class PayoutLine(models.Model):
    """One posting on payable that a payout took, below zero where it took something back; never in a second payout.

    `subject` is the thing whose money it is: mostly a commission.
    """

    id = models.BigAutoField(primary_key=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=32)
    amount_minor = models.BigIntegerField()

    class Meta:
        """Read by the thing whose money it is."""

        indexes = (models.Index(fields=("subject",), name="payout_line_subject"),)

    def __str__(self) -> str:
        """Say what it took."""
        return f"{self.payout_id} {self.subject} {self.amount_minor}"


class PayoutTax(models.Model):
    """What taxes did to one payout when it was reserved: how it is billed, with which VAT, and what was kept back.

    `origins` names for everything that it takes back the payout that paid it first, and so how it was billed.
    `percent` and `withheld_percent` are exact decimals; amounts are what was added and kept back, both part of the
    payout's amount.
    """

    payout = models.OneToOneField(Payout, primary_key=True, on_delete=models.PROTECT, related_name="tax")
    profile = models.ForeignKey(TaxProfile, on_delete=models.PROTECT, related_name="+", null=True)
    payer = models.ForeignKey(TaxProfile, on_delete=models.PROTECT, related_name="+", null=True)
    rate = models.ForeignKey(TaxRate, on_delete=models.PROTECT, related_name="+", null=True)
    is_billed = models.BooleanField()
    treatment = models.CharField(max_length=16)
    percent = models.CharField(max_length=8)
    origins = models.JSONField(default=dict)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    withheld_percent = models.CharField(max_length=8)
    withheld_minor = models.BigIntegerField()

    def __str__(self) -> str:
        """Say whose it is."""
        return f"tax of {self.payout_id}"


class WriteOffState(models.TextChoices):
    """Where a write-off stands."""

    OPEN = "open", _("Proposed")
    APPROVED = "approved", _("Written off")
    REFUSED = "refused", _("Refused")


class WriteOff(models.Model):
    """A debt of a partner that no earnings will net, given up by two people: one proposes it, another approves it."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=250)
    state = models.CharField(max_length=8, choices=WriteOffState, default=WriteOffState.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by_kind = models.CharField(max_length=8)
    proposed_by_id = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_kind = models.CharField(max_length=8, blank=True)
    decided_by_id = models.CharField(max_length=64, blank=True)

    workspace_path = "agreement__program__workspace_id"

    class Meta:
        """One proposal for an agreement at a time, of an amount above zero."""

        constraints = (
            models.UniqueConstraint(fields=("agreement",), condition=models.Q(state="open"), name="one_open_write_off"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="write_off_is_positive"),
        )

    def __str__(self) -> str:
        """Return its public id."""
        return self.id

    @property
    def amount(self) -> Money:
        """Return what is given up."""
        return Money(self.amount_minor, self.currency)
