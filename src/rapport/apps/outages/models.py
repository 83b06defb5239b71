"""Tables of outages, of trials through the real doors, and of when somebody looked last."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.apps.programs.models import Program


class OutageKind(models.TextChoices):
    """What was out of order."""

    SILENT = "silent", _("The edge does not answer")
    JOURNAL = "journal", _("The edge cannot write")
    UNRECORDED = "unrecorded", _("Clicks were not recorded")
    BOOK = "book", _("The link book is damaged")
    LAKE = "lake", _("Clicks are not carried into the lake")
    NETWORKS = "networks", _("A table of networks has lines that cannot be read")
    WORKER = "worker", _("Postbacks are not taken in")
    TRIAL = "trial", _("A test order did not come through")
    ORDERS = "orders", _("Too few orders arrive")
    CLICK_IDS = "click_ids", _("Orders arrive without click ids")
    DESTINATION = "destination", _("A link leads astray")


class Outage(models.Model):
    """Something was out of order from one moment to another; open while `ended_at` is empty.

    Without a program it concerns the whole installation; `scope` is the program's id again, or empty, because databases
    take no two NULLs for equal. `subject` says which source, or which link, is meant.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    scope = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=16, choices=OutageKind)
    subject = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(default=dict)
    repaired_at = models.DateTimeField(null=True, blank=True)
    repair = models.JSONField(default=dict)

    workspace_path = "program__workspace_id"

    class Meta:
        """One thing is out of order once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=("scope", "kind", "subject"), condition=models.Q(ended_at__isnull=True), name="one_open_outage"
            ),
        )
        indexes = (models.Index(fields=("scope", "began_at"), name="outage_of_scope"),)

    def __str__(self) -> str:
        """Name what was out of order."""
        return f"{self.kind} {self.subject} {self.id}"

    @property
    def is_open(self) -> bool:
        """Say whether it lasts."""
        return self.ended_at is None


class Trial(models.Model):
    """A click, an order and perhaps a refund, all marked as tests, sent through the real doors.

    `problem` says at which door it stopped; `arrived_at` is when the order was seen where orders are kept.
    """

    id = models.CharField(primary_key=True, max_length=32)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    link_id = models.CharField(max_length=32)
    by_monitor = models.BooleanField(default=False)
    total = models.CharField(max_length=24)
    click_id = models.CharField(max_length=32, blank=True)
    order_receipt = models.CharField(max_length=32, blank=True)
    refund_ordered_at = models.DateTimeField(null=True, blank=True)
    refund_receipt = models.CharField(max_length=32, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)

    workspace_path = "program__workspace_id"

    class Meta:
        """Read by program, newest first."""

        indexes = (models.Index(fields=("program", "id"), name="trial_of_program"),)

    def __str__(self) -> str:
        """Name the trial."""
        return self.id

    @property
    def order_id(self) -> str:
        """The number under which its order is reported."""
        return f"test-{self.id}"

    @property
    def refund_id(self) -> str:
        """The number under which its refund is reported."""
        return f"test-refund-{self.id}"


class Watch(models.Model):
    """When something was looked at last, and what the next look needs to know of it."""

    name = models.CharField(primary_key=True, max_length=64)
    looked_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Name what is watched."""
        return self.name
