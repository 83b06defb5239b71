"""Tables of connected shops: what they deliver, what was told of their orders, comparisons, codes, daily totals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.programs.models import Program
from rapport.apps.record.vault import SealedField
from rapport.apps.tracking.models import Coupon


class ShopKind(models.TextChoices):
    """What a shop runs on."""

    SHOPIFY = "shopify", "Shopify"
    WOOCOMMERCE = "woocommerce", "WooCommerce"
    STRIPE = "stripe", "Stripe"
    JSON = "json", _("Any JSON webhook")


class ShopState(models.TextChoices):
    """Where a connection stands."""

    CONNECTING = "connecting", _("Being connected")
    CONNECTED = "connected", _("Connected")
    REFUSED = "refused", _("Not connected")
    DISCONNECTED = "disconnected", _("Disconnected")


class Shop(models.Model):
    """A shop that reports its orders to a program; its secrets are sealed.

    `settings` holds which kinds of the terms its orders are, what its codes give, and how its JSON is read.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ShopKind)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=ShopState, default=ShopState.CONNECTING)
    problem = models.CharField(max_length=500, blank=True)
    signing_secret = SealedField(blank=True)
    access_secret = SealedField(blank=True)
    settings = models.JSONField(default=dict)
    connected_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    unproven_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class ShopSalt(models.Model):
    """What customers of a program are hashed with, so that nobody finds a mail address by trying."""

    program = models.OneToOneField(Program, primary_key=True, on_delete=models.PROTECT, related_name="+")
    salt = SealedField()

    def __str__(self) -> str:
        """Say whose it is; never the salt."""
        return str(self.program_id)


class DeliveryState(models.TextChoices):
    """What became of one delivery."""

    RECEIVED = "received", _("Received")
    TAKEN = "taken", _("Taken")
    KNOWN = "known", _("Known already")
    IGNORED = "ignored", _("Nothing to count")
    WAITING = "waiting", _("Waiting for its order")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class ShopDelivery(models.Model):
    """One message of a shop, proven and kept as it came; the worker finds out what it tells.

    `body` is sealed, because it names customers, and forgotten after its time. `waits_for` is the order, or the
    payment, that a delivery cannot do without.
    """

    id = models.CharField(primary_key=True, max_length=32)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="deliveries")
    delivery_id = models.CharField(max_length=128)
    topic = models.CharField(max_length=80)
    body = SealedField(blank=True)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.RECEIVED)
    outcomes = models.JSONField(default=list)
    waits_for = models.CharField(max_length=128, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "shop__program__workspace_id"

    class Meta:
        """A delivery counts once; what is to be done is found by itself."""

        constraints = (models.UniqueConstraint(fields=("shop", "delivery_id"), name="delivered_once"),)
        indexes = (
            models.Index(fields=("shop", "id"), name="delivery_shop"),
            models.Index(fields=("next_at",), condition=models.Q(state="received"), name="delivery_to_take"),
            models.Index(fields=("shop", "waits_for"), condition=models.Q(state="waiting"), name="delivery_waiting"),
        )

    def __str__(self) -> str:
        """Say what it is about."""
        return f"{self.topic} {self.delivery_id}"


class ShopOrder(models.Model):
    """What was told of one order of a shop: the newest state that was told, under which revision.

    Deliveries come late, twice and in any order; a state older than `version_ms` changes nothing.
    """

    id = models.BigAutoField(primary_key=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=128)
    payment = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=32)
    version_ms = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=0)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    ordered_at = models.DateTimeField()
    conversion_id = models.CharField(max_length=32)

    class Meta:
        """An order of a shop is told once; found by its payment too, because refunds name that."""

        constraints = (models.UniqueConstraint(fields=("shop", "number"), name="shop_order_once"),)
        indexes = (
            models.Index(fields=("shop", "payment"), name="shop_order_payment"),
            models.Index(fields=("shop", "ordered_at"), name="shop_order_time"),
        )

    def __str__(self) -> str:
        """Return the shop's number."""
        return self.number


class ShopReversal(models.Model):
    """How much of an order one refund, or one dispute, of the shop has taken so far, and in how many corrections."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(ShopOrder, on_delete=models.PROTECT, related_name="reversals")
    number = models.CharField(max_length=128)
    kind = models.CharField(max_length=12)
    version_ms = models.BigIntegerField()
    taken_minor = models.BigIntegerField()
    told = models.PositiveIntegerField(default=0)

    class Meta:
        """A refund has one number."""

        constraints = (models.UniqueConstraint(fields=("order", "number"), name="shop_reversal_once"),)

    def __str__(self) -> str:
        """Return its number."""
        return self.number


class ComparisonState(models.TextChoices):
    """Where a comparison stands."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Comparison(models.Model):
    """One look at the shop's own list of orders of some days, beside what is known here."""

    id = models.CharField(primary_key=True, max_length=32)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="comparisons")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ComparisonState, default=ComparisonState.RUNNING)
    problem = models.CharField(max_length=500, blank=True)
    figures = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "shop__program__workspace_id"

    def __str__(self) -> str:
        """Say of which shop it is."""
        return f"{self.shop_id} {self.id}"


class Fate(models.TextChoices):
    """How an order of the shop and ours disagree."""

    MISSING_HERE = "not_here", _("There, not here")
    MISSING_THERE = "not_there", _("Here, not there")
    DIFFERS = "differs", _("Differs")


class Difference(models.Model):
    """One order on which a comparison found the two lists to disagree; `told` is the shop's state of it."""

    id = models.BigAutoField(primary_key=True)
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="differences")
    fate = models.CharField(max_length=9, choices=Fate)
    number = models.CharField(max_length=128)
    there_minor = models.BigIntegerField(null=True, blank=True)
    here_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    conversion_id = models.CharField(max_length=32, blank=True)
    told = models.JSONField(default=dict)
    repaired_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        """An order is named once in a comparison."""

        constraints = (models.UniqueConstraint(fields=("comparison", "number"), name="difference_once"),)

    def __str__(self) -> str:
        """Say what is wrong with which order."""
        return f"{self.fate} {self.number}"


class ShopCodeState(models.TextChoices):
    """Where a code stands in a shop."""

    WAITING = "waiting", _("Being made")
    MADE = "made", _("Works in the shop")
    FAILED = "failed", _("Not made")


class ShopCode(models.Model):
    """A coupon that is made in a shop, so that customers can use it there; `there_id` is the shop's own id of it."""

    id = models.BigAutoField(primary_key=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="codes")
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ShopCodeState, default=ShopCodeState.WAITING)
    there_id = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A coupon is made once in each shop."""

        constraints = (models.UniqueConstraint(fields=("shop", "coupon"), name="code_made_once"),)
        indexes = (models.Index(fields=("shop", "there_id"), name="code_there"),)

    def __str__(self) -> str:
        """Say which code it is."""
        return str(self.coupon_id)


class ChannelDay(models.Model):
    """What a merchant tells of one channel of one day, where it does not send every order."""

    id = models.BigAutoField(primary_key=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    channel = models.CharField(max_length=64)
    orders = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    new_orders = models.PositiveIntegerField(null=True, blank=True)
    told_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)

    workspace_path = "program__workspace_id"

    class Meta:
        """A day of a channel has one total."""

        constraints = (models.UniqueConstraint(fields=("program", "on", "channel"), name="channel_day_once"),)

    def __str__(self) -> str:
        """Say which day of which channel it is."""
        return f"{self.on} {self.channel}"
