"""Tables of orders: what merchants reported, kept as reported, and what people decided about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Coupon, Link
from rapport.domain.exchange import Rate


class Customer(models.Model):
    """A buyer, by the merchant's own id or a keyed hash; its row is the lock of its story."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=128)
    story_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    workspace_path = "program__workspace_id"

    class Meta:
        """A key names one customer of a program."""

        constraints = (models.UniqueConstraint(fields=("program", "key"), name="customer_key"),)

    def __str__(self) -> str:
        """Return its public id."""
        return self.id


class Door(models.TextChoices):
    """Through which door a report came."""

    API = "api", _("API")
    POSTBACK = "postback", _("Postback")
    FILE = "file", _("File")
    SHOP = "shop", _("Shop")
    CONSOLE = "console", _("Console")
    DEMO = "demo", _("Demo")
    SCRIPT = "script", _("Script")


class ConversionState(models.TextChoices):
    """Where a conversion stands."""

    REPORTED = "reported", _("Reported")
    CONFIRMED = "confirmed", _("Confirmed")
    PARTLY_REVERSED = "partly_reversed", _("Partly reversed")
    REVERSED = "reversed", _("Reversed")
    HELD = "held", _("Held")
    DECLINED = "declined", _("Declined")


class DeclineCode(models.TextChoices):
    """The fixed reasons for declining an order."""

    CANCELLED = "cancelled", _("Cancelled by the customer")
    RETURNED = "returned", _("Returned")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    NOT_PAID = "not_paid", _("The payment failed")
    DUPLICATE = "duplicate", _("A duplicate of another order")
    ORDER_ERROR = "order_error", _("An error in the order")
    FRAUD = "fraud", _("Fraud")
    BREACH = "breach", _("Brought against the terms")
    TEST = "test", _("A test order")
    OTHER = "other", _("Another reason")


class Conversion(models.Model):
    """A reported outcome; (program, kind, external id) is its identity for ever.

    The amounts here are the effective ones, after revisions and corrections: a cache of what the reports and
    corrections say, written by the same action. They are in the order's own currency. Where that is not the program's,
    the rate of its day stands beside it for ever; `awaits_rate` until one is known.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    external_id = models.CharField(max_length=128)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="conversions", null=True, blank=True)
    state = models.CharField(max_length=16, choices=ConversionState)
    occurred_at = models.DateTimeField()
    moment_reported = models.BooleanField(default=True)
    received_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    rate = models.CharField(max_length=64, blank=True)
    rate_day = models.DateField(null=True, blank=True)
    rate_source = models.CharField(max_length=20, blank=True)
    awaits_rate = models.BooleanField(default=False)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    remaining_minor = models.BigIntegerField()
    in_conflict = models.BooleanField(default=False)
    over_corrected = models.BooleanField(default=False)
    test = models.BooleanField(default=False)
    customer_status = models.CharField(max_length=9, blank=True)
    country = models.CharField(max_length=2, blank=True)
    channel = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=64, blank=True)
    landing_url = models.CharField(max_length=2000, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """One order earns once; read by program and time, and by customer."""

        constraints = (models.UniqueConstraint(fields=("program", "kind", "external_id"), name="one_order_once"),)
        indexes = (
            models.Index(fields=("program", "occurred_at"), name="conversion_time"),
            models.Index(fields=("program", "state"), name="conversion_state"),
            models.Index(fields=("program", "received_at"), name="conversion_arrival"),
            models.Index(fields=("program", "id"), condition=models.Q(awaits_rate=True), name="conversion_awaits_rate"),
        )

    def __str__(self) -> str:
        """Return kind and the merchant's own number."""
        return f"{self.kind} {self.external_id}"

    @property
    def is_foreign(self) -> bool:
        """Say whether it is in another currency than its program's."""
        return self.awaits_rate or bool(self.rate)

    @property
    def known_rate(self) -> Rate | None:
        """Return the rate that stands on a foreign order."""
        return Rate(self.rate, self.rate_day, self.rate_source) if self.rate and self.rate_day else None


class Report(models.Model):
    """One wording of a conversion: a revision with its amounts. Two wordings of one revision are a conflict.

    `currency` is empty but where it is another one than the order's: then the wording is kept and counts for nothing.
    What is not `confirmed` always names its currency, and counts only as long as nothing confirmed is known.
    """

    id = models.CharField(primary_key=True, max_length=32)
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="reports", db_index=False)
    revision = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    door = models.CharField(max_length=8, choices=Door)
    confirmed = models.BooleanField(default=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        """The same wording is kept once, and once more when it is confirmed."""

        constraints = (
            models.UniqueConstraint(
                fields=(
                    *("conversion", "confirmed", "revision", "currency"),
                    *("total_minor", "tax_minor", "shipping_minor", "discount_minor"),
                ),
                name="one_wording_once",
            ),
        )

    def __str__(self) -> str:
        """Say which wording it is."""
        return f"{self.conversion_id} r{self.revision} {self.total_minor}"


class ConversionLine(models.Model):
    """One line of the basket, as reported."""

    id = models.BigAutoField(primary_key=True)
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.CharField(max_length=128)
    name = models.CharField(max_length=250, blank=True)
    category = models.CharField(max_length=128, blank=True)
    brand = models.CharField(max_length=128, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    cost_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """Lines are numbered as they came."""

        constraints = (models.UniqueConstraint(fields=("conversion", "position"), name="line_position"),)

    def __str__(self) -> str:
        """Say what was bought."""
        return f"{self.quantity} of {self.product}"


class NamedClick(models.Model):
    """A click id that a report named: what its capsule says, or why it is refused, and the lake's facts once joined.

    `confirmed` when a server named it: hearsay gives way to it. `told` are the totals with which pages named it, such
    as "10000 EUR" in minor units: they count for nothing where a server tells another one.
    """

    id = models.BigAutoField(primary_key=True)
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="clicks", db_index=False)
    click_id = models.CharField(max_length=128)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    clicked_at = models.DateTimeField(null=True, blank=True)
    marks = models.PositiveSmallIntegerField(default=0)
    refusal = models.CharField(max_length=24, blank=True)
    confirmed = models.BooleanField(default=True)
    told = models.JSONField(default=list, blank=True)
    facts = models.JSONField(null=True, blank=True)
    facts_joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A report may name a click often; it is kept once. What the lake was not asked about is found by itself."""

        constraints = (models.UniqueConstraint(fields=("conversion", "click_id"), name="click_named_once"),)
        indexes = (
            models.Index(fields=("id",), condition=models.Q(facts_joined_at__isnull=True), name="click_facts_waiting"),
        )

    def __str__(self) -> str:
        """Return the click id."""
        return self.click_id


class NamedCoupon(models.Model):
    """A coupon code that a report named, and whose it was at the order; `confirmed` and `told` as with a click."""

    id = models.BigAutoField(primary_key=True)
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="coupons", db_index=False)
    code = models.CharField(max_length=64)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed = models.BooleanField(default=True)
    told = models.JSONField(default=list, blank=True)

    class Meta:
        """A code is kept once."""

        constraints = (models.UniqueConstraint(fields=("conversion", "code"), name="code_named_once"),)

    def __str__(self) -> str:
        """Return the code."""
        return self.code


class Binding(models.Model):
    """The merchant's word, told by a file, that a customer belongs to an agreement from a moment on."""

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="bindings")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    told_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    class Meta:
        """From one moment on a customer belongs to one agreement."""

        constraints = (models.UniqueConstraint(fields=("customer", "from_at"), name="bound_once_from_a_moment"),)

    def __str__(self) -> str:
        """Say who is bound to whom."""
        return f"{self.customer_id} to {self.agreement_id}"


class CorrectionKind(models.TextChoices):
    """What takes from, or adds to, an order."""

    REFUND = "refund", _("Refund")
    CANCEL = "cancel", _("Cancellation")
    CHARGEBACK = "chargeback", _("Chargeback")
    AMENDMENT = "amendment", _("Amendment")


class Correction(models.Model):
    """A delta on a conversion, with its own external id; one without its sale waits, visibly.

    Amounts are deltas: negative takes away, only an amendment may add; `total_minor` null takes all that is left.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=CorrectionKind)
    external_id = models.CharField(max_length=128)
    of_kind = models.CharField(max_length=32)
    of_external_id = models.CharField(max_length=128)
    conversion = models.ForeignKey(
        Conversion, on_delete=models.PROTECT, related_name="corrections", null=True, blank=True
    )
    total_minor = models.BigIntegerField(null=True, blank=True)
    tax_minor = models.BigIntegerField(null=True, blank=True)
    shipping_minor = models.BigIntegerField(null=True, blank=True)
    discount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    own_id = models.BooleanField(default=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    door = models.CharField(max_length=8, choices=Door)
    in_conflict = models.BooleanField(default=False)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    class Meta:
        """A correction counts once; the waiting ones are found by what they wait for."""

        constraints = (models.UniqueConstraint(fields=("program", "kind", "external_id"), name="one_correction_once"),)
        indexes = (
            models.Index(fields=("program", "of_kind", "of_external_id"), name="correction_of"),
            models.Index(
                fields=("received_at",), condition=models.Q(conversion__isnull=True), name="correction_waiting"
            ),
        )

    def __str__(self) -> str:
        """Say what it corrects."""
        return f"{self.kind} {self.external_id} of {self.of_external_id}"


class HumanDecision(models.Model):
    """What a person decided about a conversion: a fact of its story, so that judging again never undoes it."""

    id = models.CharField(primary_key=True, max_length=32)
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=24)
    data = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Say what was decided."""
        return f"{self.kind} {self.conversion_id}"
